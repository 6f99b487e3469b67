/**
 * True for a text that can be a part of a hashed serialisation: without control characters, which separate parts, and
 * without lone surrogates, which all become the same bytes.
 */
export function isPlainText(text: string): boolean {
  // eslint cannot be told that a control character is meant, hence the code units.
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)) return false
  }
  return text.isWellFormed()
}

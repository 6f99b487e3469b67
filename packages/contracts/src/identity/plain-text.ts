const control = /\p{Cc}/u

/**
 * True for a text that can be a part of a hashed serialisation: without control characters, which separate parts, and
 * without lone surrogates, which all become the same bytes.
 */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !control.test(text)
}

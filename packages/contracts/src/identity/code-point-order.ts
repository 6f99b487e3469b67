/** Orders two texts by Unicode scalar values, the shorter prefix first; unlike `<`, which compares UTF-16 code units. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  let index = 0
  while (index < length && a.charCodeAt(index) === b.charCodeAt(index)) index++
  if (index === length) return a.length - b.length
  // Step back onto a surrogate pair that both share the first half of.
  const start = index > 0 && isLowSurrogate(a, index) && isLowSurrogate(b, index) ? index - 1 : index
  return (a.codePointAt(start) ?? 0) - (b.codePointAt(start) ?? 0)
}

function isLowSurrogate(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xdc00
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

/** The same value with its members inserted in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reordered(member)]),
  )
}

const anyJson = fc.jsonValue({ noUnicodeString: false }).filter((value) => JSON.stringify(value).isWellFormed())

describe('canonical JSON', () => {
  test('the order of members never matters', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = acceptable(value)
        if (text !== undefined) expect(canonicalJson(reordered(value))).toBe(text)
      }),
    )
  })

  test('the text parses to the value and is a fixed point', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = acceptable(value)
        if (text === undefined) return
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
    )
  })

  test('texts and numbers are written as ECMAScript prints them', () => {
    const unit = fc.oneof(fc.nat({ max: 0xff }), fc.nat({ max: 0xffff })).map((code) => String.fromCharCode(code))
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit }), fc.integer(), fc.double()), (value) => {
        const text = acceptable(value)
        if (text !== undefined) expect(text).toBe(JSON.stringify(value))
        if (typeof value === 'string') expect(text !== undefined).toBe(value.isWellFormed())
      }),
    )
  })

  test('members stand in the order of their UTF-16 code units, few or many', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '_', '\ufb33', '\u{1F600}'), maxLength: 6 })
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 40 }), (names) => {
        const members = names.toSorted().map((one) => `${JSON.stringify(one)}:0`)
        expect(canonicalJson(Object.fromEntries(names.map((one) => [one, 0])))).toBe(`{${members.join(',')}}`)
      }),
    )
  })

  test.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ '\u{1F600}': 1, '\uFB33': 2 }, '{"\u{1F600}":1,"\uFB33":2}'],
    [-0, '0'],
    [1e21, '1e+21'],
    [1.5e16, '15000000000000000'],
    ['\u2028"\\\n', '"\u2028\\"\\\\\\n"'],
  ])('%j', (value, text) => expect(canonicalJson(value)).toBe(text))

  test.each([
    ['NaN', { a: Number.NaN }, '/a'],
    ['infinity', [1, -Infinity], '/1'],
    ['undefined', { a: undefined }, '/a'],
    ['a hole in an array', new Array(1), '/0'],
    ['a function', { f: () => 1 }, '/f'],
    ['a date', { d: new Date(0) }, '/d'],
    ['a lone surrogate', 'x\ud800', '/'],
    ['a lone surrogate in a name', { '\udc00': 1 }, '/'],
    ['an integer that lost digits', 12345678901234567890, '/'],
    ['a bigint', { n: 1n }, '/n'],
    ['a nesting that would overflow the stack', nested(100_000), '/'],
  ])('%s is refused with its place', (_, value, path) => {
    expect(() => canonicalJson(value)).toThrow(
      expect.objectContaining({ code: 'E_NOT_CANONICAL', errors: [expect.objectContaining({ path })] }),
    )
  })
})

test('takes documents nested as deep as the syntax tree of a long formula', () => {
  expect(canonicalJson(nested(500))).toBe(`${'['.repeat(500)}${']'.repeat(500)}`)
  expect(() => canonicalJson(nested(501))).toThrow(expect.objectContaining({ code: 'E_NOT_CANONICAL' }))
})

function nested(levels: number): unknown {
  let document: unknown[] = []
  for (let level = 1; level < levels; level++) document = [document]
  return document
}

/** Random doubles may be integers beyond the safe range, which are refused. */
function acceptable(value: unknown): string | undefined {
  try {
    return canonicalJson(value)
  } catch {
    return undefined
  }
}

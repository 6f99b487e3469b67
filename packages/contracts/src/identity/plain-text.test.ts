import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPlainText } from './plain-text.ts'

const anyText = fc.string({
  unit: fc.oneof(fc.nat({ max: 0xff }), fc.nat({ max: 0xffff })).map((unit) => String.fromCharCode(unit)),
})

test('a text is plain unless one of its units is a control character or a half of no pair', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const isControl = (character: string) => character < ' ' || (character >= '\u007f' && character < '\u00a0')
      const isLone = (character: string) => character >= '\ud800' && character <= '\udfff' && character.length === 1
      expect(isPlainText(text)).toBe(!Array.from(text).some((character) => isControl(character) || isLone(character)))
    }),
  )
})

import { runIdSchema, worldIdSchema } from '@qmtl/contracts'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { runIdText, strategyText, worldIdText } from './ids.ts'
import type { Reader } from './options.ts'

function takes(reader: Reader<string>, text: string): boolean {
  try {
    return reader(text, '--x') === text
  } catch {
    return false
  }
}

const anyText = fc.oneof(
  fc.string({ maxLength: 110 }),
  fc.stringMatching(/^[A-Za-z0-9_.:-]{0,110}$/),
  fc.constantFrom('__default__', '-a', '.a', 'ä', 'a b', 'a/b', ''),
)

test('world and run ids are those that the services take', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(takes(worldIdText, text)).toBe(Value.Check(worldIdSchema, text))
      if (text !== '.' && text !== '..') expect(takes(runIdText, text)).toBe(Value.Check(runIdSchema, text))
    }),
  )
})

test.each([['..'], ['.'], ['a/b'], ['']])('%j is no strategy: it would lead a request elsewhere', (text) => {
  expect(() => strategyText(text, '<strategy>')).toThrow('<strategy> must be the id or name of a strategy')
})

import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  boolean,
  choice,
  integer,
  number,
  parseParameters,
  text,
  type ParameterInput,
  type ParametersOf,
} from './parameters.ts'

const schema = {
  window: integer({ min: 2 }),
  weight: number({ min: 0, max: 1, default: 0.5 }),
  isLog: boolean({ default: false }),
  method: choice(['wilder', 'window'], { default: 'wilder' }),
  label: text({ default: 'plain' }),
}

describe('parameters', () => {
  test('are completed by their defaults and frozen', () => {
    const values = parseParameters('mine', schema, { window: 3, method: 'window' })
    expect(values).toEqual({ window: 3, weight: 0.5, isLog: false, method: 'window', label: 'plain' })
    expect(Object.isFrozen(values)).toBe(true)
  })

  test('are typed by their schema, those with a default being optional to the caller', () => {
    expectTypeOf<ParametersOf<typeof schema>['method']>().toEqualTypeOf<'wilder' | 'window'>()
    expectTypeOf<ParametersOf<typeof schema>['window']>().toEqualTypeOf<number>()
    expectTypeOf<{ window: number }>().toExtend<ParameterInput<typeof schema>>()
    expectTypeOf<{ weight: number }>().not.toExtend<ParameterInput<typeof schema>>()
  })

  const refusals: readonly (readonly [string, unknown, string])[] = [
    [
      'a number past its bound',
      { window: 2, weight: 1.5 },
      'mine: weight must be a finite number from 0 to 1, seen 1.5',
    ],
    [
      'an infinite number',
      { window: 2, weight: Infinity },
      'mine: weight must be a finite number from 0 to 1, seen Infinity',
    ],
    ['a text for a truth', { window: 2, isLog: 'yes' }, "mine: isLog must be true or false, seen 'yes'"],
    ['another choice', { window: 2, method: 'ema' }, "mine: method must be one of 'wilder', 'window', seen 'ema'"],
    ['an empty text', { window: 2, label: '' }, "mine: label must be a text of 1 to 200 characters, seen ''"],
    [
      'an unsafe whole number',
      { window: 2 ** 53 },
      'mine: window must be a whole number of 2 or more, seen 9007199254740992',
    ],
    ['no object', 7, 'mine: parameters must be an object, seen 7'],
    [
      'an inherited name',
      { window: 2, toString: 1 },
      'mine: toString is no parameter; known: window, weight, isLog, method, label',
    ],
  ]
  test.each(refusals)('refuse %s', (_, values, message) => {
    expect(() => parseParameters('mine', schema, values)).toThrow(message)
  })

  test('may not have a default outside their own rule', () => {
    expect(() => integer({ min: 2, default: 1 })).toThrow('must be a whole number of 2 or more, seen 1')
  })
})

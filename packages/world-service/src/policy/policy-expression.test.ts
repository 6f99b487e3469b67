import { describe, expect, test } from 'vitest'
import { compileCondition, compileScore, type StatisticValues } from './policy-expression.ts'

function condition(text: string) {
  const outcome = compileCondition(text, '/gates/0')
  if ('causes' in outcome) throw new Error(JSON.stringify(outcome.causes))
  return outcome.expression
}

function score(text: string) {
  const outcome = compileScore(text, '/score')
  if ('causes' in outcome) throw new Error(JSON.stringify(outcome.causes))
  return outcome.expression
}

function causes(text: string, compile: typeof compileCondition | typeof compileScore = compileCondition) {
  const outcome = compile(text, '/gates/0')
  return 'causes' in outcome ? outcome.causes.map(({ message }) => message) : []
}

const values: StatisticValues = { sharpe: 1, max_drawdown: 0.2, trades: 5 }

describe('conditions', () => {
  test.each([
    ['sharpe >= 0.5', true],
    ['sharpe > 1', false],
    ['1 < sharpe && trades > 3', false],
    ['2 * sharpe + 1 == 3', true],
    ['sharpe != 1.0', false],
    ['!(trades < 3) || sharpe > 10', true],
    ['min(sharpe, 2, trades) < abs(-3)', true],
    ['trades > 3 ? sharpe > 0 : false', true],
  ])('%s is %s', (text, expected) => {
    expect(condition(text).evaluate(values)).toBe(expected)
  })

  test.each([
    ['sortino > 1', undefined],
    ['sortino > 1 && sharpe > 0', undefined],
    ['sortino > 1 && sharpe > 2', false],
    ['sortino > 1 || sharpe > 0', true],
    ['sortino > 1 || sharpe > 2', undefined],
    ['log(sharpe - 1) < 0', undefined],
  ])('where a statistic has no value, %s is %s', (text, expected) => {
    expect(condition(text).evaluate(values)).toBe(expected)
  })

  test('one comparison with a number tells its two sides', () => {
    expect(condition('sharpe / (max_drawdown + 1) >= -0.5').comparison).toEqual({
      left: 'sharpe / (max_drawdown + 1)',
      threshold: '>= -0.5',
    })
    expect(condition('sharpe > sortino').comparison).toBeUndefined()
    expect(condition('sharpe > 1 && trades > 1').comparison).toBeUndefined()
  })

  test('statistics are named once, in order of appearance', () => {
    expect(condition('trades > 1 && sharpe > 1 || trades > 9').names).toEqual(['trades', 'sharpe'])
  })
})

describe('refusals name the place and what to write', () => {
  test.each([
    ['sharpee > 1', "at 0: unknown statistic 'sharpee', did you mean 'sharpe'?"],
    ['sharpe >', 'at 8: Unexpected token: EOF'],
    ['sharpe', 'must give true or false, gives double'],
    ['mim(sharpe, 1) > 1', "at 0: unknown function 'mim', did you mean 'min'?"],
    ['min(sharpe) > 1', "at 0: found no matching overload for 'min(double)'"],
    ['sharpe > "a"', 'at 9: only numbers, true and false may be written here'],
    ['[1.0].exists(x, x > sharpe)', "at 0: 'rcall' is not part of policies; use numbers, comparisons and logic"],
  ])('%s', (text, message) => {
    expect(causes(text)).toContain(message)
  })

  test('all unknown names are told at once', () => {
    expect(causes('sharp > 1 && trade > 2')).toEqual([
      "at 0: unknown statistic 'sharp', did you mean 'sharpe'?",
      "at 13: unknown statistic 'trade', did you mean 'trades'?",
    ])
  })

  test('an expression over its limits is refused', () => {
    expect(causes(Array.from({ length: 300 }, () => 'sharpe > 1').join(' && '))).toHaveLength(1)
    expect(causes('('.repeat(60) + 'sharpe > 1' + ')'.repeat(60))).toHaveLength(1)
  })

  test('a score must be a number', () => {
    expect(causes('sharpe > 1', compileScore)).toEqual(['must give a number, gives bool'])
  })
})

describe('scores', () => {
  test.each([
    ['sharpe - 0.5 * max_drawdown', 0.9],
    ['trades', 5],
    ['2', 2],
    ['max(sharpe, 3)', 3],
  ])('%s is %d', (text, expected) => {
    expect(score(text).evaluate(values)).toBe(expected)
  })

  test.each(['sharpe / 0.0', 'log(0)', 'sortino', 'exp(trades * 1000)'])('%s has no value', (text) => {
    expect(score(text).evaluate(values)).toBeUndefined()
  })
})

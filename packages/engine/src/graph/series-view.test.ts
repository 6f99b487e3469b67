import { describe, expect, test } from 'vitest'
import { createInputWindow } from './series-view.ts'

function windowOf(period: number, values: readonly number[]) {
  const window = createInputWindow('x', period)
  for (const value of values) window.push(value)
  return window
}

describe('the view of an input', () => {
  test('reads back from this bar, whatever the place in its ring', () => {
    for (let size = 3; size < 10; size++) {
      const values = Array.from({ length: size }, (_, index) => index)
      const { view } = windowOf(3, values)
      expect([view.at(0), view.at(1), view.at(2)]).toEqual(values.slice(-3).reverse())
      for (const count of [1, 2, 3]) expect([...view.last(count)]).toEqual(values.slice(-count))
    }
  })

  test('gives copies: sorting one changes neither the input nor the next copy', () => {
    const window = windowOf(3, [3, 1, 2])
    expect([...window.view.last(3).sort()]).toEqual([1, 2, 3])
    expect([...window.view.last(3)]).toEqual([3, 1, 2])
    window.push(0)
    expect([...window.view.last(3)]).toEqual([1, 2, 0])
  })

  test('fills the same array for the same count, so that nothing is allocated per bar', () => {
    const { view } = windowOf(3, [1, 2, 3])
    expect(view.last(3)).toBe(view.last(3))
    expect(view.last(2)).not.toBe(view.last(3))
  })

  const refusals: readonly (readonly [string, (view: ReturnType<typeof windowOf>['view']) => unknown, string])[] = [
    ['a future bar', (view) => view.at(-1), 'x.at(-1) asks for a future bar; 0 is the current one'],
    ['a bar before its period', (view) => view.at(3), "x.at(3) reaches beyond the 3 bars of the node's period"],
    ['half a bar', (view) => view.at(0.5), 'x.at(0.5) is not a whole number of bars'],
    ['more bars than its period', (view) => view.last(4), "x.last(4) reaches beyond the 3 bars of the node's period"],
    ['no bars', (view) => view.last(0), 'x.last(0) asks for no bars'],
  ]
  test.each(refusals)('refuses %s', (_, read, message) => {
    const { view } = windowOf(3, [1, 2, 3])
    expect(() => read(view)).toThrow(new RangeError(message))
  })

  test('is full once its period has come without a gap, and again after one', () => {
    const window = createInputWindow('x', 2)
    const states = [1, 2, NaN, 3, 4].map((value) => {
      window.push(value)
      return window.isFull()
    })
    expect(states).toEqual([false, true, false, false, true])
  })
})

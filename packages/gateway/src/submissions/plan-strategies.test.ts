import fc from 'fast-check'
import { expect, test } from 'vitest'
import { portionsOf } from './plan-strategies.ts'

test('works are taken in order, in portions as large as fit, one alone whatever its size', () => {
  const sizes = (works: readonly number[]) =>
    portionsOf(
      works.map((dag_size) => ({ dag_size })),
      10,
    ).map((portion) => portion.map((work) => work.dag_size))
  expect(sizes([])).toEqual([])
  expect(sizes([4, 6, 1, 9, 1])).toEqual([[4, 6], [1, 9], [1]])
  expect(sizes([30, 1, 30, 30])).toEqual([[30], [1], [30], [30]])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 })), (works) => {
      const portions = sizes(works)
      expect(portions.flat()).toEqual(works)
      for (const portion of portions) {
        const sum = portion.reduce((total, size) => total + size, 0)
        expect(portion.length === 1 || sum <= 10).toBe(true)
      }
    }),
  )
})

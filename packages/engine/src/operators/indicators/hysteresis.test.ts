import { expect, test } from 'vitest'
import { price, run } from '../../testing/run-series.ts'
import { obiRegime, thresholdSignal } from './hysteresis.ts'
import { acceptablePriceBand } from './price-band.ts'

const x = price.close

test('a threshold signal is entered at one level and left at another', () => {
  const close = [0.5, 0.6, 0.3, 0.19, 0.3, -0.6, -0.21, -0.1, -0.7, 0.9, NaN, 0.5]
  expect(run(thresholdSignal(x), { close })).toEqual([0, 1, 1, 0, 0, -1, -1, 0, -1, 1, NaN, 0])
  expect(run(thresholdSignal(x, { longExit: 0.6 }), { close }).slice(0, 4)).toEqual([0, 1, 0, 0])
})

test('levels that do not ascend are refused with their values', () => {
  expect(() => thresholdSignal(x, { longExit: 0.7 })).toThrow(/must ascend.*seen '-0.6 ≤ -0.2 ≤ 0.7 ≤ 0.6'/)
  expect(() => obiRegime(x, { hysteresis: 0.4 })).toThrow(/obiRegime: levels must ascend/)
})

test('a regime tells its state, how long it has lasted and how often it changed', () => {
  const close = [0, 0.3, 0.26, 0.24, -0.3, -0.26, NaN, 0.31]
  const { state, dwell, changes } = obiRegime(x, { window: 3 })
  expect(run(state, { close })).toEqual([0, 1, 1, 0, -1, -1, NaN, 1])
  expect(run(dwell, { close })).toEqual([1, 1, 2, 1, 1, 2, NaN, 1])
  expect(run(changes, { close })).toEqual([NaN, NaN, NaN, 2, 2, 2, NaN, NaN])
})

test('an acceptable price band follows the price with exponential weights', () => {
  const band = acceptablePriceBand(x, { meanWeight: 0.5, deviationWeight: 0.5, multiplier: 1 })
  const close = [100, 104, 101, NaN, 90]
  const deviation = Math.sqrt(0.5 * 4)
  const second = Math.sqrt(0.5 * 2 + 0.5 * 0.25)
  const columns = {
    mid: [100, 102, 101.5, NaN, 90],
    upper: [100, 102 + deviation, 101.5 + second, NaN, 90],
    lower: [100, 102 - deviation, 101.5 - second, NaN, 90],
    excursion: [0, 2 / deviation, -0.5 / second, NaN, 0],
    overshoot: [0, (2 - deviation) / deviation, 0, NaN, 0],
  }
  for (const output of ['mid', 'upper', 'lower', 'excursion', 'overshoot'] as const) {
    run(band[output], { close }).forEach((value, row) => {
      const expected = columns[output][row]!
      if (Number.isNaN(expected)) expect(value).toBeNaN()
      else expect(value).toBeCloseTo(expected, 12)
    })
  }
})

import { createRandomState, nextNormal, nextUniform, seedRandom, streamKeyOf } from './counter-random.ts'
import type { HourBar } from './price-walk.ts'

/** The minutes of one hour in ticks and lots; entries up to the hour's `minutes` are valid until the next hour. */
export interface MinuteBars {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/**
 * Splits hours into minutes whose roll-up is the hour exactly: a random bridge from open to close, held inside [low, high], with
 * one minute raised to the high and one lowered to the low. Depends on (seed, instrument, hour bar) alone.
 */
export function createMinuteBridge(instrumentId: string, seed: number): (hour: HourBar) => MinuteBars {
  const key = streamKeyOf(`${seed}/minute/${instrumentId}`)
  const random = createRandomState()
  const column = (): Float64Array => new Float64Array(60)
  const bars: MinuteBars = { open: column(), high: column(), low: column(), close: column(), volume: column() }
  return (hour) => {
    seedRandom(random, key, hour.hour)
    drawCloses(hour, bars.close, random)
    drawRanges(hour, bars, random)
    touch(hour, bars)
    shareVolume(hour, bars.volume, random)
    return bars
  }
}

function drawCloses(hour: HourBar, close: Float64Array, random: Int32Array): void {
  const { minutes } = hour
  let sum = 0
  for (let minute = 0; minute < minutes; minute++) close[minute] = sum += nextNormal(random)
  const scale = (hour.high - hour.low) / (2 * Math.sqrt(minutes))
  for (let minute = 0; minute < minutes; minute++) {
    const share = (minute + 1) / minutes
    const noise = (close[minute]! - sum * share) * scale
    close[minute] = within(hour, Math.floor(hour.open + (hour.close - hour.open) * share + noise + 0.5))
  }
  close[minutes - 1] = hour.close
}

function drawRanges(hour: HourBar, { open, high, low, close }: MinuteBars, random: Int32Array): void {
  const reach = (hour.high - hour.low) / 10
  for (let minute = 0; minute < hour.minutes; minute++) {
    const last = minute === 0 ? hour.open : close[minute - 1]!
    const jitter = minute === 0 ? 0 : Math.floor(nextUniform(random) * 3) - 1
    open[minute] = within(hour, last + jitter)
    const top = Math.max(open[minute]!, close[minute]!) + Math.floor(reach * nextUniform(random))
    const bottom = Math.min(open[minute]!, close[minute]!) - Math.floor(reach * nextUniform(random))
    high[minute] = within(hour, top)
    low[minute] = within(hour, bottom)
  }
}

function touch(hour: HourBar, { high, low }: MinuteBars): void {
  let highest = 0
  let lowest = 0
  for (let minute = 1; minute < hour.minutes; minute++) {
    if (high[minute]! > high[highest]!) highest = minute
    if (low[minute]! < low[lowest]!) lowest = minute
  }
  high[highest] = hour.high
  low[lowest] = hour.low
}

/** Whole lots, at least one a minute where the hour has as many; the last minute takes what rounding left. */
function shareVolume(hour: HourBar, volume: Float64Array, random: Int32Array): void {
  let weights = 0
  for (let minute = 0; minute < hour.minutes; minute++) weights += volume[minute] = 0.2 + nextUniform(random)
  let rest = hour.volume
  for (let minute = 0; minute < hour.minutes - 1; minute++) {
    volume[minute] = Math.floor((hour.volume * volume[minute]!) / weights)
    rest -= volume[minute]!
  }
  volume[hour.minutes - 1] = rest
}

function within(hour: HourBar, ticks: number): number {
  return Math.max(hour.low, Math.min(hour.high, ticks))
}

import { findCalendar, hasSession, type Calendar } from '../calendars/calendar.ts'
import { createRandomState, nextNormal, nextUniform, seedRandom, streamKeyOf } from './counter-random.ts'
import { factorReturn, nextRegime, regimes } from './regimes.ts'
import type { SyntheticInstrument } from './synthetic-instruments.ts'

/** One open hour in ticks and lots. The object is reused: read it during the visit. */
export interface HourBar {
  /** Hours since 1970-01-01T00:00Z. */
  readonly hour: number
  /** First open minute of the hour and how many follow. */
  readonly firstMinute: number
  readonly minutes: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

export interface PriceWalk {
  /** Visits the open hours within `[fromHour, toHour)`; hours before the market's start have no bars. */
  visitHours(fromHour: number, toHour: number, visit: (bar: HourBar) => void): void
}

interface PriceWalkOptions {
  readonly seed: number
  readonly startHour: number
  /** Mean number of outages a year, each one to four hours without bars. */
  readonly outagesPerYear: number
}

interface WalkState {
  regime: number
  price: number
}

const hoursPerDay = 24
const startRegime = 1
/** Share of an open hour's movement that news causes while the venue is closed. */
const closedMovement = 0.25
/** Strength of the pull to the anchor: at most 1.3 a year, so a century neither explodes nor dies. */
const pullPerHour = 0.00015
const largestReturn = 0.25

/**
 * The hourly path of one instrument. Chance depends on (seed, stream, hour) alone; only regime and price run from hour to hour,
 * and one checkpoint a day keeps them, so an hour is the same wherever a visit begins.
 */
export function createPriceWalk(spec: SyntheticInstrument, options: PriceWalkOptions): PriceWalk {
  const { startHour } = options
  const calendar = findCalendar(spec.instrument.calendar)
  const step = createStep(spec, options.seed)
  const isOut = createOutages(spec, options)
  const checkpoints: Readonly<WalkState>[] = []

  return {
    visitHours(fromHour, toHour, visit) {
      if (toHour <= startHour || toHour <= fromHour) return
      const askedDay = Math.max(0, Math.floor((fromHour - startHour) / hoursPerDay))
      const day = Math.min(askedDay, Math.max(0, checkpoints.length - 1))
      const state: WalkState = { ...(checkpoints[day] ?? { regime: startRegime, price: spec.anchorPrice }) }
      for (let hour = startHour + day * hoursPerDay; hour < toHour; hour++) {
        if ((hour - startHour) % hoursPerDay === 0) checkpoints[(hour - startHour) / hoursPerDay] ??= { ...state }
        const bar = step(state, hour, openMinutes(calendar, hour))
        if (hour >= fromHour && bar.minutes > 0 && !isOut(hour)) visit(bar)
      }
    },
  }
}

interface OpenMinutes {
  readonly first: number
  readonly count: number
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

function createStep(spec: SyntheticInstrument, seed: number) {
  const { id } = spec.instrument
  const factorKey = streamKeyOf(`${seed}/factor`)
  const ownKey = streamKeyOf(`${seed}/hour/${id}`)
  const random = createRandomState()
  const bar: Writable<HourBar> = { hour: 0, firstMinute: 0, minutes: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 }

  /** Moves the state over one hour and describes it. A partly open hour moves by the square root of its open share. */
  return (state: WalkState, hour: number, { first, count }: OpenMinutes): HourBar => {
    seedRandom(random, factorKey, hour)
    state.regime = nextRegime(state.regime, random)
    const regime = regimes[state.regime]!
    const factor = factorReturn(regime, random)

    seedRandom(random, ownKey, hour)
    const own = spec.ownVolatility * nextNormal(random)
    const pull = (pullPerHour * (spec.anchorPrice - state.price)) / (spec.anchorPrice + state.price)
    const movement = count > 0 ? Math.sqrt(count / 60) : closedMovement
    const change = Math.max(-largestReturn, Math.min(largestReturn, movement * (spec.beta * factor + own + pull)))
    const before = state.price
    state.price = before * (1 + change)

    const spread = before * movement * (spec.beta * regime.volatility + spec.ownVolatility)
    bar.hour = hour
    bar.firstMinute = first
    bar.minutes = count
    bar.open = ticksOf(before + 0.03 * spread * nextNormal(random), spec)
    bar.close = ticksOf(state.price, spec)
    bar.high = Math.max(bar.open, bar.close, ticksOf(Math.max(before, state.price) + spread * wick(random), spec))
    bar.low = Math.min(bar.open, bar.close, ticksOf(Math.min(before, state.price) - spread * wick(random), spec))
    const eagerness = 0.4 + nextUniform(random) + Math.min(3, Math.abs(state.price - before) / spread)
    bar.volume = count + Math.floor((spec.hourlyVolume * spec.lotsPerUnit * regime.activity * eagerness * count) / 90)
    return bar
  }
}

function wick(random: Int32Array): number {
  return 0.6 * nextUniform(random) * nextUniform(random)
}

function ticksOf(price: number, { ticksPerUnit }: SyntheticInstrument): number {
  return Math.max(1, Math.floor(price * ticksPerUnit + 0.5))
}

function openMinutes(calendar: Calendar, hour: number): OpenMinutes {
  const hourOfDay = hour % hoursPerDay
  const first = Math.max(0, calendar.openMinute - hourOfDay * 60)
  const last = Math.min(60, calendar.closeMinute - hourOfDay * 60)
  const isOpen = first < last && hasSession(calendar, hour * 3_600_000)
  return isOpen ? { first, count: last - first } : { first: 0, count: 0 }
}

/** At most one outage a day, drawn for the day as a whole and ending with it. */
function createOutages(
  spec: SyntheticInstrument,
  { seed, outagesPerYear }: PriceWalkOptions,
): (hour: number) => boolean {
  const key = streamKeyOf(`${seed}/outage/${spec.instrument.id}`)
  const random = createRandomState()
  const probability = outagesPerYear / 365
  return (hour) => {
    if (probability <= 0) return false
    seedRandom(random, key, Math.floor(hour / hoursPerDay))
    if (nextUniform(random) >= probability) return false
    const first = Math.floor(nextUniform(random) * hoursPerDay)
    const length = 1 + Math.floor(nextUniform(random) * 4)
    const hourOfDay = hour % hoursPerDay
    return hourOfDay >= first && hourOfDay < first + length
  }
}

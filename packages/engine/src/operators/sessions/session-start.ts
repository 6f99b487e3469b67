import { durationMs } from '@qmtl/contracts'
import type { Series, Timing } from '../../graph/node-spec.ts'
import { integer, parseParameters, text } from '../../graph/parameters.ts'
import { defineOperator } from '../define-operator.ts'

const dayMs = 86_400_000

interface StartState {
  readonly barMs: number
  /** Of a session by the clock: when days begin; by pauses: how long they are. */
  readonly limitMs: number
  /** The day of the row before, or its close time; `NaN` before the first. */
  previous: number
}

const barMs = integer({ min: 1, max: dayMs })

const dayStarts = defineOperator({
  name: 'day_start',
  version: 1,
  params: { atMs: integer({ min: 0, max: dayMs - 1 }), barMs },
  roles: ['x'],
  recursive: true,
  readsTime: true,
  period: () => 1,
  init: (params): StartState => ({ barMs: params.barMs, limitMs: params.atMs, previous: NaN }),
  step(state, inputs, outputs) {
    const sinceStartMs = inputs[1]! - state.barMs - state.limitMs
    const day = Math.floor(sinceStartMs / dayMs)
    const isFirst = Number.isNaN(state.previous) ? sinceStartMs % dayMs === 0 : day !== state.previous
    state.previous = day
    outputs[0] = isFirst ? 1 : 0
  },
})

const pauseEnds = defineOperator({
  name: 'pause_end',
  version: 1,
  params: { pauseMs: integer({ min: 1 }), barMs },
  roles: ['x'],
  recursive: true,
  readsTime: true,
  period: () => 1,
  init: (params): StartState => ({ barMs: params.barMs, limitMs: params.pauseMs, previous: NaN }),
  step(state, inputs, outputs) {
    const pausedMs = inputs[1]! - state.barMs - state.previous
    state.previous = inputs[1]!
    outputs[0] = pausedMs >= state.limitMs ? 1 : 0
  },
})

export interface SessionStartOptions {
  /** A session begins with the first bar that opens at or after this time of day, `HH:MM` UTC: 00:00 where it is left out. */
  readonly at?: string
  /** A session begins with the bar that opens at least this long after the last one closed, as `4h`, whatever the time. */
  readonly pause?: string
}

const clock = text({ pattern: /^([01]\d|2[0-3]):[0-5]\d$/, described: 'a time of day such as 14:30, in UTC' })
const pauses = text({ pattern: /^[1-9]\d{0,8}[smhd]$/, described: 'a duration such as 4h' })

/**
 * 1 on the first bar of a session, 0 on the others, by the times of the bars of `x` and not by its values: days of UTC, or,
 * with `pause`, what lies between two pauses of the market, wherever its clock stands. The first bar of all is one only where it
 * opens with a day. Throws `E_INVALID_PARAMETER` for a bad time or duration, and for both at once.
 */
export function sessionStart<T extends Timing>(x: Series<T>, options: SessionStartOptions = {}): Series<T> {
  const { at = '00:00', pause } = options
  if (pause !== undefined) {
    const given = parseParameters('sessionStart', { pause: pauses }, options)
    return pauseEnds.series({ x }, { pauseMs: durationMs(given.pause), barMs: x.node.intervalMs })
  }
  const [hours = 0, minutes = 0] = parseParameters('sessionStart', { at: clock }, { at }).at.split(':').map(Number)
  return dayStarts.series({ x }, { atMs: (hours * 60 + minutes) * 60_000, barMs: x.node.intervalMs })
}

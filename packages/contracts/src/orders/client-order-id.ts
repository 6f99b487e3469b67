import { sha256hex } from '../hash/hash.ts'

export interface OrderOrigin {
  readonly world_id: string
  readonly strategy_id: string
  readonly instrument: string
  /** Open time of the bar the order was decided on, RFC 3339. */
  readonly bar_ts: string
  /** From 1, where one decision needs several orders. */
  readonly leg: number
}

/** The id of the order that a decision leads to: the same decision, made again after a restart, repeats the id. */
export function clientOrderIdOf(origin: OrderOrigin): string {
  const { world_id, strategy_id, instrument, bar_ts, leg } = origin
  return `q${sha256hex([world_id, strategy_id, instrument, bar_ts, leg].join('\u001f')).slice(0, 31)}`
}

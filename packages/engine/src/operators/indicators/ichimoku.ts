import type { Series, Timing } from '../../graph/node-spec.ts'
import { integer, longestPeriod, parseParameters } from '../../graph/parameters.ts'
import { midpoint } from '../pointwise/arithmetic.ts'
import { lag } from '../rolling/change.ts'
import { withDefault } from '../window-parameter.ts'
import { donchian } from './bands.ts'
import type { HighLow, HighLowClose } from './bar-inputs.ts'

export interface IchimokuOptions {
  /** Bars of the three middles: 9, 26 and 52 where they are left out. */
  readonly tenkan?: number
  readonly kijun?: number
  readonly senkou?: number
  /** Bars by which the cloud is drawn ahead: 26 where it is left out, 0 for a cloud that is not displaced. */
  readonly displacement?: number
}

const schema = {
  tenkan: withDefault(9),
  kijun: withDefault(26),
  senkou: withDefault(52),
  displacement: integer({ min: 0, max: longestPeriod - 1, default: 26 }),
}

/**
 * Ichimoku's lines as they stand at this bar, so that nothing comes from the future: `tenkan` and `kijun` are the middles of
 * their windows' ranges; `senkouA` (the middle of both) and `senkouB` are the cloud under this bar, computed `displacement`
 * bars ago; `chikou` is the close of `displacement` bars ago, which the delayed line compares with this bar's. Source:
 * G. Hosoda (1969).
 */
export function ichimokuCloud<T extends Timing>(
  bars: HighLowClose<T>,
  options: IchimokuOptions = {},
): Readonly<Record<'tenkan' | 'kijun' | 'senkouA' | 'senkouB' | 'chikou', Series<T>>> {
  const windows = parseParameters('ichimokuCloud', schema, options)
  const displaced = (x: Series<T>): Series<T> => (windows.displacement === 0 ? x : lag(x, windows.displacement))
  const tenkan = middle(bars, windows.tenkan)
  const kijun = middle(bars, windows.kijun)
  return {
    tenkan,
    kijun,
    senkouA: displaced(midpoint(tenkan, kijun)),
    senkouB: displaced(middle(bars, windows.senkou)),
    chikou: displaced(bars.close),
  }
}

function middle<T extends Timing>(bars: HighLow<T>, window: number): Series<T> {
  return donchian(bars, window).mid
}

import type { Decimal } from '@qmtl/contracts'

/** When and at what price orders fill. */
export interface FillModel {
  readonly kind: 'immediate' | 'latest-price' | 'equity' | 'future' | 'future-option'
  /** Prices that ended longer than this before an order are stale; milliseconds. */
  readonly stalePriceSpanMs: number
  /** Greatest share of a bar's volume that one fill takes; absent: no limit. */
  readonly maxVolumeFraction?: Decimal
}

const hourMs = 3_600_000

/** Fills of this kind with the field's defaults: prices are stale after an hour, volume is no limit. */
export function fillModel(kind: FillModel['kind']): FillModel {
  return { kind, stalePriceSpanMs: hourMs }
}

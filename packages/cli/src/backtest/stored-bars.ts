import { formatInstant, QmtlError } from '@qmtl/contracts'
import { findBarGaps, type BarColumns, type BarStore } from '@qmtl/market'
import { counted } from '../output/numbers.ts'
import { instrumentTerms, type BacktestBars, type TimeRange } from './backtest-bars.ts'
import { needText, type BarsNeed } from './strategy-needs.ts'

export interface StoredOptions {
  readonly range: TimeRange
  readonly allowGaps: boolean
  readonly signal: AbortSignal
}

/**
 * The bars that a strategy needs, from the store; undefined where it has none of them. Throws `E_DATA_MISSING` where it has only
 * some, or none within the range, and `E_DATA_GAP` for missing bars of open hours.
 */
export async function readStoredBars(
  store: BarStore,
  needs: readonly BarsNeed[],
  options: StoredOptions,
): Promise<readonly BacktestBars[] | undefined> {
  const found = await Promise.all(needs.map((need) => store.find(need, options)))
  const missing = needs.filter((_, index) => found[index] === undefined)
  if (missing.length === needs.length) return undefined
  if (missing.length > 0) throw missingData(missing, needs)
  const bars: BacktestBars[] = []
  for (const need of needs) bars.push(await readOne(store, need, options))
  return bars
}

function missingData(missing: readonly BarsNeed[], needs: readonly BarsNeed[]): QmtlError {
  const there = needs.filter((need) => !missing.includes(need)).map(needText)
  const what = missing.map(needText).join(', ')
  return new QmtlError('E_DATA_MISSING', `the store has ${there.join(', ')}, and no bars of ${what}`, {
    hint: 'qmtl data import them, name files with --data, or give a --seed for the synthetic market',
  })
}

async function readOne(
  store: BarStore,
  need: BarsNeed,
  { range, allowGaps, signal }: StoredOptions,
): Promise<BacktestBars> {
  const columns = await store.read({ ...need, ...range }, { signal })
  if (columns.length === 0) {
    throw new QmtlError('E_DATA_MISSING', `the store has no bar of ${needText(need)} between --from and --to`, {
      hint: 'see which there are with qmtl data list',
    })
  }
  if (!allowGaps) refuseGaps(columns, need)
  return { columns, source: 'local store' }
}

function refuseGaps(columns: BarColumns, need: BarsNeed): void {
  const gaps = findBarGaps(columns.openTimeMs, columns.intervalMs, instrumentTerms(columns.instrument).calendar)
  const [first] = gaps
  if (first === undefined) return
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0)
  throw new QmtlError(
    'E_DATA_GAP',
    `${needText(need)}: ${counted(missing, 'bar')} missing in ${counted(gaps.length, 'place')} of the store, first from ${formatInstant(first.fromMs)}`,
    {
      details: { gaps: gaps.length, missing_bars: missing },
      hint: 'import what is missing, or run on the bars there are with --allow-gaps',
    },
  )
}

import { decimal } from '@qmtl/contracts'
import { defineInstrument, type AssetClass, type Instrument } from '../instruments/instrument.ts'

/** How one instrument of the synthetic market moves. */
export interface SyntheticInstrument {
  readonly instrument: Instrument
  /** Price at the market's start, and the level to which prices are drawn back very slowly. */
  readonly anchorPrice: number
  /** Sensitivity to the common factor. */
  readonly beta: number
  /** Standard deviation of an hour's own return, independent of the factor. */
  readonly ownVolatility: number
  /** Mean volume of an open hour, in units. */
  readonly hourlyVolume: number
  /** Ticks in one unit of price: prices are integers divided by this, so each is the double nearest to its decimal. */
  readonly ticksPerUnit: number
  /** Lots in one unit of quantity. */
  readonly lotsPerUnit: number
}

interface Row {
  readonly id: string
  readonly assetClass: AssetClass
  readonly calendar: string
  readonly tick: string
  readonly lot: string
  readonly motion: readonly [anchorPrice: number, beta: number, ownVolatility: number, hourlyVolume: number]
}

const rows: readonly Row[] = [
  {
    id: 'BTC-USD.SIM',
    assetClass: 'crypto',
    calendar: '24/7',
    tick: '0.01',
    lot: '0.00001',
    motion: [30_000, 1, 0.0018, 420],
  },
  {
    id: 'ETH-USD.SIM',
    assetClass: 'crypto',
    calendar: '24/7',
    tick: '0.01',
    lot: '0.0001',
    motion: [2_000, 1.15, 0.0025, 5_200],
  },
  {
    id: 'SOL-USD.SIM',
    assetClass: 'crypto',
    calendar: '24/7',
    tick: '0.001',
    lot: '0.001',
    motion: [80, 1.35, 0.0045, 61_000],
  },
  {
    id: 'ACME.SIM',
    assetClass: 'equity',
    calendar: 'sim-sessions',
    tick: '0.01',
    lot: '1',
    motion: [150, 0.5, 0.0025, 310_000],
  },
  {
    id: 'GLOBEX.SIM',
    assetClass: 'equity',
    calendar: 'sim-sessions',
    tick: '0.01',
    lot: '1',
    motion: [48, 0.35, 0.003, 140_000],
  },
]

/** The instruments of the synthetic market: three crypto pairs around the clock, two equities with sessions. */
export const syntheticInstruments: readonly SyntheticInstrument[] = rows.map(
  ({ id, assetClass, calendar, tick, lot, motion: [anchorPrice, beta, ownVolatility, hourlyVolume] }) => ({
    instrument: defineInstrument(id, { assetClass, calendar, tickSize: decimal(tick), lotSize: decimal(lot) }),
    anchorPrice,
    beta,
    ownVolatility,
    hourlyVolume,
    ticksPerUnit: stepsPerUnit(tick),
    lotsPerUnit: stepsPerUnit(lot),
  }),
)

/** Steps of `10^-n` in one unit: exact, where `1 / 0.00001` is not. */
function stepsPerUnit(step: string): number {
  return Number(`1e${Math.max(0, step.length - 2)}`)
}

import { brokerProfile, realityModels, type RealityModels } from '@qmtl/brokerage'
import { decimal, ONE } from '@qmtl/contracts'
import { calendarIds, defineInstrument, splitInstrumentId, type Instrument } from '@qmtl/market'
import { instrumentTerms } from './backtest-bars.ts'

/** What a run pays, and what its instruments are to who takes the orders. */
export interface RunModels {
  readonly models: RealityModels
  readonly termsOf: (id: string) => Instrument
}

/**
 * The models that options name: fee and slippage in basis points, or a broker's profile, in which only the slippage is the
 * user's. Throws `E_INVALID_PARAMETER` for a profile that is not known.
 */
export function runModels(options: {
  readonly profile: string | undefined
  readonly feeBps: string
  readonly slippageBps: string
}): RunModels {
  const { profile, feeBps, slippageBps } = options
  if (profile === undefined) return { models: realityModels({ feeBps, slippageBps }), termsOf: instrumentTerms }
  const slippage = { kind: 'bps', bps: decimal(slippageBps) } as const
  const plain = brokerProfile(profile)
  const classes = Object.fromEntries(Object.keys(plain.models).map((assetClass) => [assetClass, { slippage }]))
  const broker = Number(slippageBps) === 0 ? plain : brokerProfile(profile, { classes })
  return { models: realityModels({ broker }), termsOf: brokerInstrument }
}

/**
 * Terms of an instrument that a broker has to tell from others: at an exchange such as `XNYS` an equity of whole shares and
 * cents, at `FX` a currency pair; else as without a broker.
 */
function brokerInstrument(id: string): Instrument {
  const terms = instrumentTerms(id)
  const { venue } = splitInstrumentId(id)
  if (!calendarIds.some((known) => known === venue)) return terms
  if (venue === 'FX') return defineInstrument(id, { assetClass: 'forex', tickSize: decimal('0.00001'), lotSize: ONE })
  return defineInstrument(id, { assetClass: 'equity', tickSize: decimal('0.01'), lotSize: ONE })
}

import { absolute, b3, decimal, decimalNumber, QmtlError, type Decimal } from '@qmtl/contracts'
import type { SlippageContext } from './slippage-context.ts'
import type { SlippageModel } from './slippage-model.ts'

type MarketImpact = Extract<SlippageModel, { kind: 'market-impact' }>

/**
 * Share of the price that an order of this size moves against itself: temporary and half of the permanent impact of Almgren,
 * Thum, Hauptmann and Li, "Direct estimation of equity market impact" (2005), with noise, scaled by a uniform draw and within
 * [0, 1]. Draws come from the seed and the order's id: the same order slips the same again. Zero without volume or figures.
 */
export function marketImpact(model: MarketImpact, context: SlippageContext): Decimal {
  const { order, security, market } = context
  if (security.assetClass === 'forex' || security.assetClass === 'cfd') {
    throw new QmtlError('E_INVALID_PARAMETER', `market impact needs volume; ${security.id} is ${security.assetClass}`)
  }
  const { daily } = market
  if (!daily || daily.meanVolume <= 0) return decimal(0)
  const { latencyS, impactTimeS, alpha, beta, gamma, eta, delta } = model.parameters
  const latency = latencyS / daily.sessionS
  const horizon = latency + impactTimeS / daily.sessionS
  const rate = decimalNumber(absolute(order.terms.quantity)) / latency / daily.meanVolume
  const [first, second, scale] = draws(model.seed, order.terms.id)
  const noise = daily.volatility * Math.sqrt(horizon)
  const turnover = daily.sharesOutstanding === undefined ? 1 : daily.sharesOutstanding / daily.meanVolume
  const permanent = daily.volatility * latency * gamma * rate ** alpha * turnover ** delta + first * noise
  const temporary = daily.volatility * eta * rate ** beta + second * noise
  return decimal(Math.min(1, Math.max(0, (temporary + permanent / 2) * scale)))
}

/** Two standard normal draws (Box–Muller) and a uniform one. */
function draws(seed: number, id: string): readonly [number, number, number] {
  const digits = b3(`${seed} ${id}`).replace(/^.*:/, '')
  const uniform = (at: number): number => (Number.parseInt(digits.slice(at * 12, at * 12 + 12), 16) + 0.5) / 2 ** 48
  const radius = Math.sqrt(-2 * Math.log(uniform(0)))
  const angle = 2 * Math.PI * uniform(1)
  return [radius * Math.cos(angle), radius * Math.sin(angle), uniform(2)]
}

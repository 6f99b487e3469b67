import { decimal, decimalText, ONE, type Decimal } from '@qmtl/contracts'
import {
  alwaysOpenHours,
  brokerProfile,
  openAccount,
  scanOrders,
  submitOrder,
  type Account,
  type BrokerProfile,
  type MarketView,
  type OrderTerms,
  type Security,
  type TradingContext,
} from '@qmtl/brokerage'
import type { Bench, BenchResult } from './bench.ts'

const cycles = 20_000
const rounds = 15
const targetPerSecond = 200_000
const prices: readonly Decimal[] = Array.from({ length: 997 }, (_, index) =>
  decimal(`${400 + (index % 97)}.${10 + (index % 89)}`),
)

const security: Security = {
  id: 'SPY.XNYS',
  symbol: 'SPY',
  venue: 'XNYS',
  assetClass: 'equity',
  market: 'usa',
  ticker: 'SPY',
  quoteCurrency: 'USD',
  tickSize: decimal('0.01'),
  lotSize: ONE,
  multiplier: ONE,
  calendar: '24/7',
}

/** Full cycles of orders: every check of submission, the checks of a scan, slippage, fill, fee, settlement, ledger. */
export const brokerageBench: Bench = {
  name: 'brokerage',
  description:
    'order cycles (checks, slippage, fill, fee, ledger) of Interactive Brokers equities, per second on one core',
  run: async () => measureCycles(),
}

function measureCycles(): BenchResult {
  const profile = withSlippage(brokerProfile('interactive-brokers'))
  const rates: number[] = []
  const cpuBefore = process.cpuUsage()
  let account: Account | undefined
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now()
    account = trade(profile)
    rates.push((cycles / (performance.now() - startedAt)) * 1000)
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  const median = Math.round(rates.toSorted((a, b) => a - b)[rates.length >> 1] ?? 0)
  return {
    cycles,
    cycles_per_second: median,
    // On a machine that others use as well, the one figure that does not depend on them; collection of garbage is in it.
    cycles_per_cpu_second: Math.round((rounds * cycles * 1e6) / (user + system)),
    target_cycles_per_second: targetPerSecond,
    passed: median >= targetPerSecond,
    cash: account ? decimalText(account.book.cash) : '',
    fees: account ? decimalText(account.book.fees) : '',
  }
}

function withSlippage(profile: BrokerProfile): BrokerProfile {
  const { equity } = profile.models
  if (!equity) return profile
  const slippage = { kind: 'bps', bps: ONE } as const
  return { ...profile, models: { ...profile.models, equity: { ...equity, slippage } } }
}

/** Buys and sells in turn, each order a market order that fills in its own slice. */
function trade(profile: BrokerProfile): Account {
  let account = openAccount({ type: 'margin', currency: 'USD', cash: decimal(1_000_000) })
  const sizes = [decimal(100), decimal(-100)] as const
  for (let index = 0; index < cycles; index++) {
    const nowMs = Date.UTC(2024, 0, 2) + index * 60_000
    const context = contextAt(profile, nowMs, prices[index % prices.length] ?? ONE)
    const terms: OrderTerms = {
      id: `o${index}`,
      instrument: security.id,
      quantity: sizes[index % 2 === 0 ? 0 : 1],
      type: 'market',
      timeInForce: 'GTC',
      createdMs: nowMs,
    }
    account = scanOrders(submitOrder(account, terms, context).account, context).account
  }
  return account
}

const feeds = [{ type: 'trade-bar', resolutionMs: 60_000, hasExtendedHours: false, isInternal: false }] as const
const rateOf = (): Decimal => ONE
const volume = decimal(1_000)

function contextAt(profile: BrokerProfile, nowMs: number, price: Decimal): TradingContext {
  const tradeBar = { open: price, high: price, low: price, close: price, volume, startMs: nowMs - 60_000, endMs: nowMs }
  const market: MarketView = { tradeBar, price, bid: price, ask: price, feeds, hours: alwaysOpenHours }
  return {
    profile,
    findSecurity: () => security,
    findMarket: () => market,
    rateOf,
    nowMs,
    isLive: true,
    isWarmingUp: false,
    orderCount: 0,
    maxOrders: Number.POSITIVE_INFINITY,
  }
}

import { decimal, messageOf, parseInstant, QmtlError, type CallOptions, type EvidenceSeries } from '@qmtl/contracts'
import { realityModels } from '@qmtl/brokerage'
import { backtestStrategy, evaluateColumnar, evidenceOf, sourcesOf, type NodeSpec } from '@qmtl/engine'
import { fingerprintOf, type BarColumns } from '@qmtl/market'
import { historyOf, type LoadedWorld } from './load-world.ts'
import type { RunnerPorts } from './ports.ts'

/**
 * Backtests every strategy on the world's pinned data, all nodes evaluated once as one graph, and hands the series to
 * WorldService. A strategy that fails, or whose code is not known here, is named with the reason: without evidence it is
 * never promoted.
 */
export async function gatherEvidence(
  ports: RunnerPorts,
  loaded: LoadedWorld,
  options: CallOptions & { readonly runnerId: string },
): Promise<readonly string[]> {
  const { world, market, running, withoutCode, withoutData, intents } = loaded
  if (running.length + withoutCode.length + withoutData.size === 0) return []
  const columns = await historyOf(loaded, parseInstant(world.data.as_of), options)
  const prints = new Map(columns.map((column) => [column, fingerprintOf(column)]))
  const failed = new Map<unknown, QmtlError>()
  const printOf = ({ instrument, intervalMs }: NodeSpec): string => {
    const own = columns.find((column) => column.instrument === instrument && column.intervalMs === intervalMs)
    return (own && prints.get(own)) ?? ''
  }
  const context = { world_id: world.world_id, execution_domain: 'backtest', as_of: world.data.as_of }
  const evaluated = evaluateColumnar(intents, columns, {
    store: ports.results.over(context, printOf),
    onFailure: (error) => failed.set(error.details['node_id'], error),
  })
  const series: Record<string, EvidenceSeries> = {}
  const unavailable: Record<string, string> = Object.fromEntries([
    ...withoutCode.map((id) => [id, 'code_unavailable'] as const),
    ...[...withoutData].map(([id, reason]) => [id, reason.slice(0, 2000)] as const),
  ])
  for (const { strategyId, built } of running) {
    const own = columns.filter((column) => reads(built.intents, column))
    try {
      refuseFailed(built.nodes, failed)
      const result = backtestStrategy(built.intents, own, {
        instruments: own.map(({ instrument }) => market.instrument(instrument)),
        cash: decimal(world.strategy_cash),
        models: realityModels({ feeBps: world.fee_bps, slippageBps: world.slippage_bps }),
        dataFingerprints: own.map((column) => prints.get(column) ?? ''),
        evaluated,
      })
      series[strategyId] = evidenceOf(result)
    } catch (thrown) {
      const code = thrown instanceof QmtlError ? thrown.code : 'E_INTERNAL'
      unavailable[strategyId] = messageOf(thrown).slice(0, 2000)
      ports.onFault({ code, message: `no evidence for ${built.name}: ${messageOf(thrown)}`, strategy_id: strategyId })
    }
  }
  const params = { world_id: world.world_id }
  const evidence = { runner_id: options.runnerId, as_of: world.data.as_of, series, unavailable }
  const { body } = await ports.worlds.putEvidence({ params, body: evidence }, options)
  return body.strategies
}

function reads(intents: readonly NodeSpec[], column: BarColumns): boolean {
  return [...sourcesOf(intents), ...intents].some(
    (node) => node.instrument === column.instrument && node.intervalMs === column.intervalMs,
  )
}

/** A node that failed on a bar gave no value there: what was computed from it is not the strategy's. */
function refuseFailed(nodes: readonly NodeSpec[], failed: ReadonlyMap<unknown, QmtlError>): void {
  for (const { id } of nodes) {
    const failure = failed.get(id)
    if (failure) throw failure
  }
}

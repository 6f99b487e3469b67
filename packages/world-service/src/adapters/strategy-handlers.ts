import {
  compareCodePoints,
  formatInstant,
  implement,
  messageOf,
  parseInstant,
  QmtlError,
  suggestName,
  worldRoutes,
  type Caller,
  type ErrorCause,
  type EvidenceSeries,
  type EvidenceStage,
  type RouteImplementation,
} from '@qmtl/contracts'
import { isStatisticName, statisticNames, statisticsOfEvidence } from '@qmtl/statistics'
import { coverageOf } from '../evaluation/candidate.ts'
import { explainStrategy } from '../explanation/explain-strategy.ts'
import type { StoredEvidence } from '../ports.ts'
import { evaluateWorld } from './evaluate-world.ts'
import { authorOf, requireBound, stateOf, type WorldParts } from './world-parts.ts'

/** Strategies of a world: bindings, evidence, verdicts and why one is not trading. */
export function strategyHandlers(parts: WorldParts): readonly RouteImplementation[] {
  return [...bindingHandlers(parts), evidenceHandler(parts), ...verdictHandlers(parts)]
}

function bindingHandlers({ store, clock, onCommitted }: WorldParts): readonly RouteImplementation[] {
  return [
    implement(worldRoutes.addBindings, async ({ params: { world_id }, body }, context) => {
      const author = authorOf(context, clock)
      const strategies = [...new Set(body.strategies)].toSorted(compareCodePoints)
      await store.transaction(async (trx) => {
        await stateOf(trx, world_id)
        const added = (await trx.bind(world_id, strategies, author.ts)).toSorted(compareCodePoints)
        if (added.length === 0) return
        const audit = [{ event: 'bindings_added', data: { strategies: added } }]
        const data = { version: 1 as const, world_id, strategies: added }
        await trx.commit(world_id, { audit, facts: [{ type: 'bindings_updated', data }] }, author)
      })
      onCommitted()
      return { body: { strategies } }
    }),
    implement(worldRoutes.listBindings, async ({ params: { world_id } }) => {
      await stateOf(store, world_id)
      return { body: { strategies: [...(await store.bindings(world_id))] } }
    }),
    implement(worldRoutes.getDecisions, async ({ params: { world_id } }) => {
      return { body: { strategies: [...(await stateOf(store, world_id)).decisions] } }
    }),
  ]
}

function evidenceHandler({ store, clock }: WorldParts): RouteImplementation {
  return implement(worldRoutes.putEvidence, async ({ params: { world_id }, body }, context) => {
    const author = authorOf(context, clock)
    const { runner_id, series, unavailable = {}, stage: missingStage = 'backtest' } = body
    const strategies = [...new Set([...Object.keys(series), ...Object.keys(unavailable)])].toSorted(compareCodePoints)
    await store.transaction(async (trx) => {
      const { world } = await stateOf(trx, world_id)
      await requireBound(trx, world_id, strategies)
      const as_of = body.as_of ?? world.data.as_of
      const stored_at = author.ts
      checkEvidence(series, as_of)
      for (const stage of ['backtest', 'paper', 'live'] satisfies EvidenceStage[]) {
        const rows = Object.entries(series)
          .filter(([, one]) => one.stage === stage)
          .map(([strategy_id, one]): StoredEvidence => {
            return { strategy_id, stored_at, record: { kind: 'series', as_of, series: one } }
          })
        if (rows.length > 0) await trx.saveEvidence(world_id, stage, runner_id, rows)
      }
      const missing = Object.entries(unavailable).map(([strategy_id, reason]): StoredEvidence => {
        return { strategy_id, stored_at, record: { kind: 'unavailable', as_of, reason } }
      })
      await trx.saveEvidence(world_id, missingStage, runner_id, missing)
      const audit = [{ event: 'evidence_recorded', data: { runner_id, as_of, strategies } }]
      await trx.commit(world_id, { audit, facts: [] }, author)
    })
    return { body: { strategies } }
  })
}

/** Evidence must give statistics, and a backtest must not have seen past the snapshot. */
function checkEvidence(series: Readonly<Record<string, EvidenceSeries>>, asOf: string): void {
  const causes = Object.entries(series).flatMap(([strategyId, one]): ErrorCause[] => {
    const path = `/series/${strategyId}`
    try {
      statisticsOfEvidence(one)
    } catch (thrown) {
      return [{ path, message: messageOf(thrown) }]
    }
    const { toMs } = coverageOf(one)
    if (one.stage !== 'backtest' || toMs <= parseInstant(asOf)) return []
    return [{ path, message: `ends at ${formatInstant(toMs)}, after the snapshot of ${asOf}` }]
  })
  const [first] = causes
  if (first !== undefined) throw new QmtlError('E_INVALID_DATA', `${first.path} ${first.message}`, { errors: causes })
}

function verdictHandlers({ store, clock }: WorldParts): readonly RouteImplementation[] {
  return [
    implement(worldRoutes.evaluate, async ({ params: { world_id }, body }, { caller }) => {
      const { stage = 'backtest', policy, metrics } = body
      if (metrics !== undefined) checkMetrics(metrics, caller)
      const state = await stateOf(store, world_id)
      const request = {
        stage,
        ...(policy === undefined ? {} : { policy }),
        ...(metrics === undefined ? {} : { metrics }),
      }
      const { evaluation } = await evaluateWorld(store, state, request, formatInstant(clock.now()))
      return { body: evaluation }
    }),
    implement(worldRoutes.explain, async ({ params: { world_id, strategy_id } }) => {
      const state = await stateOf(store, world_id)
      await requireBound(store, world_id, [strategy_id])
      const { evaluation, evidence } = await evaluateWorld(
        store,
        state,
        { stage: 'backtest' },
        formatInstant(clock.now()),
      )
      const verdict = evaluation.verdicts.find((one) => one.strategy_id === strategy_id)
      if (verdict === undefined) throw new QmtlError('E_UNKNOWN_STRATEGY', `no strategy '${strategy_id}'`)
      const policy = await store.policy(world_id, state.world.default_policy_version)
      const own = evidence.find((one) => one.strategy_id === strategy_id)
      return { body: explainStrategy({ strategy_id, state, policy, evidence: own, verdict }) }
    }),
  ]
}

/** Figures come from services and operators only, under names that a policy can read. */
function checkMetrics(metrics: Readonly<Record<string, Readonly<Record<string, number>>>>, caller: Caller): void {
  if (!caller.roles.some((role) => role === 'operator' || role === 'owner' || role === 'service')) {
    throw new QmtlError('E_PERMISSION_DENIED', `'${caller.sub}' may not supply metrics: operators and services may`)
  }
  const causes = Object.entries(metrics).flatMap(([strategyId, figures]) =>
    Object.keys(figures)
      .filter((name) => !isStatisticName(name))
      .map((name): ErrorCause => {
        const message = `unknown statistic '${name}', ${suggestName(name, statisticNames)}`
        return { path: `/metrics/${strategyId}/${name}`, message }
      }),
  )
  const [first] = causes
  if (first !== undefined) throw new QmtlError('E_INVALID_PARAMETER', first.message, { errors: causes })
}

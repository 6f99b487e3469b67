import {
  decisionEnvelopeSchema,
  durationMs,
  errorTable,
  QmtlError,
  type CallOptions,
  type Client,
  type Clock,
  type DecisionEnvelope,
  type worldRoutes,
} from '@qmtl/contracts'
import { Compile } from 'typebox/compile'
import type { DecisionView } from '../context/derive-context.ts'

/** Decisions of worlds, kept for their time to live. */
export interface DecisionSource {
  /**
   * The decision of a world. WorldService's failure gives the last one as `stale`, or `unavailable` where there is none or
   * the answer is malformed; its refusals (`E_UNKNOWN_WORLD`) are thrown.
   */
  read(worldId: string, options: CallOptions): Promise<DecisionView>
  /** Drops what is kept of a world, also an answer still under way: something there has changed. */
  forget(worldId: string): void
}

export interface DecisionSourceOptions {
  readonly worlds: Pick<Client<typeof worldRoutes>, 'decide'>
  readonly clock: Clock
  /** Worlds kept at most; the one unused longest goes first. Default 1,000. */
  readonly maxEntries?: number
}

interface Entry {
  readonly decision: DecisionEnvelope
  readonly freshUntil: number
}

interface State {
  readonly entries: Map<string, Entry>
  readonly underWay: Map<string, Promise<DecisionView>>
}

const validator = Compile(decisionEnvelopeSchema)

/** Concurrent readers of one world share one call. */
export function createDecisionSource(options: DecisionSourceOptions): DecisionSource {
  const state: State = { entries: new Map(), underWay: new Map() }
  return {
    async read(worldId, { signal }) {
      const entry = state.entries.get(worldId)
      if (entry !== undefined && options.clock.monotonic() < entry.freshUntil)
        return { kind: 'fresh', decision: entry.decision }
      const shared = state.underWay.get(worldId) ?? ask(options, state, worldId)
      state.underWay.set(worldId, shared)
      const view = await shared
      signal?.throwIfAborted()
      return view
    },
    forget(worldId) {
      state.entries.delete(worldId)
      state.underWay.delete(worldId)
    },
  }
}

function ask(options: DecisionSourceOptions, state: State, worldId: string): Promise<DecisionView> {
  const askedAt = options.clock.monotonic()
  const asked: Promise<DecisionView> = fetchDecision(options, state, worldId).then(
    (view) => {
      // A call that was forgotten meanwhile may carry what was true before the change: it is used, and not kept.
      if (state.underWay.get(worldId) !== asked) return view
      state.underWay.delete(worldId)
      if (view.kind === 'fresh')
        keep(state, options, worldId, { decision: view.decision, freshUntil: askedAt + ttlMsOf(view.decision) })
      return view
    },
    (thrown: unknown) => {
      if (state.underWay.get(worldId) === asked) state.underWay.delete(worldId)
      throw thrown
    },
  )
  return asked
}

async function fetchDecision(options: DecisionSourceOptions, state: State, worldId: string): Promise<DecisionView> {
  try {
    const { body } = await options.worlds.decide({ params: { world_id: worldId } })
    return validator.Check(body) && body.world_id === worldId
      ? { kind: 'fresh', decision: body }
      : leftOver(state, worldId)
  } catch (thrown) {
    if (!isServiceFailure(thrown)) throw thrown
    return leftOver(state, worldId)
  }
}

function leftOver(state: State, worldId: string): DecisionView {
  const entry = state.entries.get(worldId)
  return entry === undefined ? { kind: 'unavailable' } : { kind: 'stale', decision: entry.decision }
}

/** True for a failure of the service asked, or on the way to it; false for its answer about the request. */
export function isServiceFailure(thrown: unknown): boolean {
  if (!(thrown instanceof QmtlError)) return true
  const { status } = errorTable[thrown.code]
  return status >= 500 || status === 429 || status === 408
}

function ttlMsOf(decision: DecisionEnvelope): number {
  return durationMs(decision.ttl)
}

function keep(state: State, { maxEntries = 1_000 }: DecisionSourceOptions, worldId: string, entry: Entry): void {
  state.entries.delete(worldId)
  state.entries.set(worldId, entry)
  const oldest = state.entries.keys().next()
  if (state.entries.size > maxEntries && oldest.done !== true) state.entries.delete(oldest.value)
}

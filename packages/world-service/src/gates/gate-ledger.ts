import { assertNever, gateLeaseMs, type FreezeResult } from '@qmtl/contracts'

/**
 * Who may still let orders of a world through. Times are milliseconds of the owner's monotonic clock. A holder counts its
 * lease from before the owner saw the question, so it always closes before the owner believes it has.
 */
export interface GateLedger {
  /** Until then gates may hold leases that this ledger knows nothing of: those of a process before it. */
  readonly forgottenUntilMs: number
  readonly gates: ReadonlyMap<string, GateRecord>
}

export interface GateRecord {
  /** Questions being answered: whatever the answer says, it may be a lease from this moment on. */
  readonly asked: ReadonlyMap<number, number>
  /** End of the latest lease granted, and the epoch it was granted under. */
  readonly openUntilMs: number
  readonly epoch: number
  /** The epoch that the gate last said it stopped under, and what was on the wire then. */
  readonly acknowledgedEpoch: number
  readonly inFlight: readonly string[]
}

export type GateEvent =
  | { readonly type: 'lease-asked'; readonly gate_id: string; readonly ask: number; readonly atMs: number }
  | { readonly type: 'lease-granted'; readonly gate_id: string; readonly ask: number; readonly epoch: number }
  | { readonly type: 'lease-refused'; readonly gate_id: string; readonly ask: number }
  | {
      readonly type: 'gate-acknowledged'
      readonly gate_id: string
      readonly epoch: number
      readonly in_flight: readonly string[]
    }
  | { readonly type: 'gate-released'; readonly gate_id: string }

const closedGate: GateRecord = {
  asked: new Map(),
  openUntilMs: -Infinity,
  epoch: -1,
  acknowledgedEpoch: -1,
  inFlight: [],
}

/** A ledger that has just started: for one lease it must fear gates of a process before it. */
export function emptyGateLedger(startedAtMs: number): GateLedger {
  return { forgottenUntilMs: startedAtMs + gateLeaseMs, gates: new Map() }
}

export function evolveGates(ledger: GateLedger, event: GateEvent): GateLedger {
  const gate = ledger.gates.get(event.gate_id) ?? closedGate
  switch (event.type) {
    case 'lease-asked': {
      const asked = new Map([...gate.asked, [event.ask, event.atMs]])
      return withGate(withoutOldGates(ledger, event.atMs), event.gate_id, { ...gate, asked })
    }
    case 'lease-granted': {
      const askedAtMs = gate.asked.get(event.ask) ?? -Infinity
      const openUntilMs = Math.max(gate.openUntilMs, askedAtMs + gateLeaseMs)
      const epoch = Math.max(gate.epoch, event.epoch)
      return withGate(ledger, event.gate_id, { ...gate, asked: without(gate.asked, event.ask), openUntilMs, epoch })
    }
    case 'lease-refused':
      return withGate(ledger, event.gate_id, { ...gate, asked: without(gate.asked, event.ask) })
    case 'gate-acknowledged':
      if (event.epoch < gate.acknowledgedEpoch) return ledger
      return withGate(ledger, event.gate_id, {
        ...gate,
        acknowledgedEpoch: event.epoch,
        inFlight: event.in_flight,
      })
    case 'gate-released':
      // A question that is still being answered outlives the release: its answer may be a lease.
      return gate.asked.size === 0
        ? { ...ledger, gates: without(ledger.gates, event.gate_id) }
        : withGate(ledger, event.gate_id, { ...closedGate, asked: gate.asked })
    default:
      return assertNever(event)
  }
}

export interface DrainView {
  /** When the last gate that has not answered closes by itself; nothing once every gate is closed. */
  readonly waitUntilMs: number | undefined
  /** The gates that the freeze had to close, by id. */
  readonly gates: FreezeResult['gates']
  readonly in_flight: readonly string[]
}

/** How far a freeze that committed `epoch` at `frozenAtMs` has got: each gate acknowledged it, or its lease has run out. */
export function drainOf(
  ledger: GateLedger,
  freeze: { readonly epoch: number; readonly frozenAtMs: number },
  nowMs: number,
): DrainView {
  const concerned = [...ledger.gates].flatMap(([gate_id, gate]) => {
    const untilMs = mayBeOpenUntil(gate, freeze.epoch)
    const acknowledged = gate.acknowledgedEpoch >= freeze.epoch
    return untilMs > freeze.frozenAtMs ? [{ gate_id, gate, untilMs, acknowledged }] : []
  })
  const waiting = concerned.filter(({ acknowledged, untilMs }) => !acknowledged && untilMs > nowMs)
  const ends = [...waiting.map(({ untilMs }) => untilMs), ledger.forgottenUntilMs].filter((endMs) => endMs > nowMs)
  return {
    waitUntilMs: ends.length === 0 ? undefined : Math.max(...ends),
    gates: concerned
      .map(({ gate_id, acknowledged }) => ({
        gate_id,
        outcome: acknowledged ? ('acknowledged' as const) : ('expired' as const),
      }))
      .toSorted((a, b) => (a.gate_id < b.gate_id ? -1 : 1)),
    in_flight: concerned.flatMap(({ acknowledged, gate }) => (acknowledged ? gate.inFlight : [])),
  }
}

/** A lease of the frozen epoch or a later one was granted on a newer state: it is none of this freeze's. */
function mayBeOpenUntil(gate: GateRecord, frozenEpoch: number): number {
  const granted = gate.epoch < frozenEpoch ? gate.openUntilMs : -Infinity
  return Math.max(granted, ...[...gate.asked.values()].map((atMs) => atMs + gateLeaseMs))
}

/** Gates that have been silent for ten leases are gone; keeping them would only let the ledger grow. */
function withoutOldGates(ledger: GateLedger, nowMs: number): GateLedger {
  const isOld = (gate: GateRecord) => gate.asked.size === 0 && gate.openUntilMs < nowMs - 10 * gateLeaseMs
  if (![...ledger.gates.values()].some(isOld)) return ledger
  return { ...ledger, gates: new Map([...ledger.gates].filter(([, gate]) => !isOld(gate))) }
}

function withGate(ledger: GateLedger, gateId: string, gate: GateRecord): GateLedger {
  return { ...ledger, gates: new Map([...ledger.gates, [gateId, gate]]) }
}

function without<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  return new Map([...map].filter(([name]) => name !== key))
}

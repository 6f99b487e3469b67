import { gateLeaseMs } from '@qmtl/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drainOf, emptyGateLedger, evolveGates, type GateEvent, type GateLedger } from './gate-ledger.ts'

function ledgerOf(...events: readonly GateEvent[]): GateLedger {
  return events.reduce(evolveGates, emptyGateLedger(-gateLeaseMs))
}

const asked = (gate_id: string, ask: number, atMs: number): GateEvent => ({ type: 'lease-asked', gate_id, ask, atMs })
const granted = (gate_id: string, ask: number, epoch: number): GateEvent => ({
  type: 'lease-granted',
  gate_id,
  ask,
  epoch,
})
const acknowledged = (gate_id: string, epoch: number, in_flight: readonly string[] = []): GateEvent => ({
  type: 'gate-acknowledged',
  gate_id,
  epoch,
  in_flight,
})

describe('a freeze', () => {
  const freeze = { epoch: 6, frozenAtMs: 1_000 }

  test('waits for nobody where no gate holds a lease', () => {
    expect(drainOf(ledgerOf(), freeze, 1_000)).toEqual({ waitUntilMs: undefined, gates: [], in_flight: [] })
  })

  test('waits for a lease until it has run out', () => {
    const ledger = ledgerOf(asked('a', 1, 500), granted('a', 1, 5))
    expect(drainOf(ledger, freeze, 1_000).waitUntilMs).toBe(3_500)
    expect(drainOf(ledger, freeze, 3_499).waitUntilMs).toBe(3_500)
    expect(drainOf(ledger, freeze, 3_500)).toEqual({
      waitUntilMs: undefined,
      gates: [{ gate_id: 'a', outcome: 'expired' }],
      in_flight: [],
    })
  })

  test('goes on as soon as every gate acknowledged, and tells what was on the wire', () => {
    const held = [asked('b', 1, 500), granted('b', 1, 5), asked('a', 1, 600), granted('a', 1, 5)]
    expect(drainOf(ledgerOf(...held, acknowledged('b', 6)), freeze, 1_100).waitUntilMs).toBe(3_600)
    expect(drainOf(ledgerOf(...held, acknowledged('b', 6, ['o1']), acknowledged('a', 6)), freeze, 1_100)).toEqual({
      waitUntilMs: undefined,
      gates: [
        { gate_id: 'a', outcome: 'acknowledged' },
        { gate_id: 'b', outcome: 'acknowledged' },
      ],
      in_flight: ['o1'],
    })
  })

  test('is not satisfied by the acknowledgement of an earlier one', () => {
    const ledger = ledgerOf(asked('a', 1, 500), granted('a', 1, 5), acknowledged('a', 4, ['old']))
    expect(drainOf(ledger, freeze, 1_000)).toMatchObject({ waitUntilMs: 3_500, in_flight: [] })
  })

  test('waits for a question that a release did not answer: its answer may be a lease', () => {
    const ledger = ledgerOf(asked('a', 1, 500), { type: 'gate-released', gate_id: 'a' })
    expect(drainOf(ledger, freeze, 1_000).waitUntilMs).toBe(3_500)
    expect(drainOf(evolveGates(ledger, granted('a', 1, 5)), freeze, 1_000).waitUntilMs).toBe(3_500)
  })

  test('waits for a question whose answer is on its way, unless it was refused', () => {
    const question = asked('a', 1, 900)
    expect(drainOf(ledgerOf(question), freeze, 1_000).waitUntilMs).toBe(3_900)
    const refused: GateEvent = { type: 'lease-refused', gate_id: 'a', ask: 1 }
    expect(drainOf(ledgerOf(question, refused), freeze, 1_000).waitUntilMs).toBeUndefined()
  })

  test('a refusal does not take back the lease before it', () => {
    const ledger = ledgerOf(asked('a', 1, 500), granted('a', 1, 5), asked('a', 2, 900), {
      type: 'lease-refused',
      gate_id: 'a',
      ask: 2,
    })
    expect(drainOf(ledger, freeze, 1_000).waitUntilMs).toBe(3_500)
  })

  test('does not wait for a gate that gave its lease back', () => {
    const ledger = ledgerOf(asked('a', 1, 500), granted('a', 1, 5), { type: 'gate-released', gate_id: 'a' })
    expect(drainOf(ledger, freeze, 1_000).gates).toEqual([])
  })

  test('after a restart waits one whole lease, whatever gates answered', () => {
    const ledger = evolveGates(emptyGateLedger(800), acknowledged('a', 6))
    expect(drainOf(ledger, freeze, 1_000).waitUntilMs).toBe(800 + gateLeaseMs)
    expect(drainOf(ledger, freeze, 800 + gateLeaseMs).waitUntilMs).toBeUndefined()
  })

  test('gates that went silent long ago are forgotten', () => {
    const ledger = ledgerOf(asked('a', 1, 0), granted('a', 1, 1), asked('b', 1, 11 * gateLeaseMs + 1))
    expect([...ledger.gates.keys()]).toEqual(['b'])
  })
})

describe('the promise', () => {
  /** Holders that ask, hear the answer late or never, and stop and acknowledge when they learn of the freeze. */
  const anyStep = fc.record({
    gate: fc.constantFrom('a', 'b', 'c'),
    act: fc.constantFrom('ask', 'answer', 'acknowledge', 'release', 'freeze'),
    waitMs: fc.integer({ min: 0, max: 1_500 }),
  })

  test('once the drain is over, no holder believes that it may let an order of an older epoch through', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        let ledger = emptyGateLedger(-gateLeaseMs)
        let nowMs = 0
        let epoch = 1
        let freeze: { epoch: number; frozenAtMs: number } | undefined
        const questions: { gate: string; ask: number; atMs: number; epoch: number }[] = []
        const holders = new Map<string, { untilMs: number; epoch: number }>()
        for (const [ask, { gate, act, waitMs }] of steps.entries()) {
          nowMs += waitMs
          if (act === 'ask') {
            ledger = evolveGates(ledger, asked(gate, ask, nowMs))
            questions.push({ gate, ask, atMs: nowMs, epoch: freeze === undefined ? epoch : -1 })
          }
          const question = act === 'answer' ? questions.shift() : undefined
          if (question !== undefined) {
            const { gate: gate_id, ask: number } = question
            if (question.epoch >= 0) {
              ledger = evolveGates(ledger, granted(gate_id, number, question.epoch))
              const stopped = freeze !== undefined && (holders.get(gate_id)?.epoch ?? 0) >= freeze.epoch
              // A holder that stopped under a newer epoch takes no lease of an older one.
              if (!stopped) holders.set(gate_id, { untilMs: question.atMs + gateLeaseMs, epoch: question.epoch })
            } else ledger = evolveGates(ledger, { type: 'lease-refused', gate_id, ask: number })
          }
          if (act === 'acknowledge' && freeze !== undefined) {
            holders.set(gate, { untilMs: -Infinity, epoch: freeze.epoch })
            ledger = evolveGates(ledger, acknowledged(gate, freeze.epoch))
          }
          if (act === 'release' && !questions.some((one) => one.gate === gate)) {
            holders.set(gate, { untilMs: -Infinity, epoch: holders.get(gate)?.epoch ?? 0 })
            ledger = evolveGates(ledger, { type: 'gate-released', gate_id: gate })
          }
          if (act === 'freeze' && freeze === undefined) freeze = { epoch: ++epoch, frozenAtMs: nowMs }
          if (freeze !== undefined && drainOf(ledger, freeze, nowMs).waitUntilMs === undefined) {
            for (const { untilMs } of holders.values()) expect(untilMs).toBeLessThanOrEqual(nowMs)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

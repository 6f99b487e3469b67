import { describe, expect, test } from 'vitest'
import type { Order } from '@qmtl/contracts'
import type { Venue, VenueReport } from '../ports.ts'

/** A venue under test with the levers of its world. */
export interface VenueBench {
  readonly venue: Venue
  /** The world `w` grants leases under this epoch, for strategy `s` on both sides. */
  open(epoch: number): void
  /** The world is frozen under this epoch and the venue is told. */
  freeze(epoch: number): Promise<void>
  /** Time passes without any lease being granted. */
  loseWorld(ms: number): void
  /** The market moves on so far that a waiting market order can fill. */
  move(): void
}

const base: Order = {
  client_order_id: 'q0000001',
  world_id: 'w',
  strategy_id: 's',
  instrument: 'BTC-USD.SIM',
  side: 'buy',
  quantity: '0.5',
  type: 'market',
  time_in_force: 'GTC',
  epoch: 1,
  bar_ts: '2024-01-01T00:00:00Z',
  reference_price: '100',
  order_id: 'o1',
  status: 'new',
  filled_quantity: '0',
  created_at: '2024-01-01T01:00:00Z',
  updated_at: '2024-01-01T01:00:00Z',
}

/** The promises of the `Venue` port; every implementation passes them. */
export function describeVenue(name: string, create: () => VenueBench): void {
  describe(`the venue ${name}`, () => {
    const opened = () => {
      const bench = create()
      bench.open(1)
      return bench
    }

    test('takes an order under a fresh lease and reports its fill with every member', async () => {
      const { venue, move } = opened()
      expect(await venue.submit(base, {})).toMatchObject({ outcome: 'accepted' })
      move()
      const [report] = await take(venue, 1)
      expect(report).toMatchObject({
        kind: 'filled',
        fill: {
          order_id: 'o1',
          client_order_id: 'q0000001',
          side: 'buy',
          quantity: '0.5',
          sequence: 1,
          world_id: 'w',
          strategy_id: 's',
        },
      })
      expect(venue.stats()).toMatchObject({ submitted: 1, accepted: 1, refused: 0, fills: 1 })
    })

    test('trades once for an order sent twice', async () => {
      const { venue, move } = opened()
      await venue.submit(base, {})
      expect(await venue.submit(base, {})).toMatchObject({ outcome: 'accepted' })
      move()
      expect(await venue.submit(base, {})).toMatchObject({ outcome: 'accepted' })
      move()
      expect(venue.stats().fills).toBe(1)
    })

    test('knows an order sent again also after a freeze', async () => {
      const { venue, freeze, loseWorld } = opened()
      await venue.submit(base, {})
      await freeze(2)
      expect(await venue.submit(base, {})).toMatchObject({ outcome: 'accepted' })
      loseWorld(3_000)
      expect(await venue.submit(base, {})).toMatchObject({ outcome: 'accepted' })
    })

    test('refuses another order under the same id', async () => {
      const { venue } = opened()
      await venue.submit(base, {})
      expect(await venue.submit({ ...base, quantity: '0.6' }, {})).toMatchObject({
        outcome: 'refused',
        code: 'E_ORDER_REUSED',
      })
    })

    test('refuses an order of an older epoch', async () => {
      const { venue, open } = opened()
      open(2)
      expect(await venue.submit(base, {})).toMatchObject({ outcome: 'refused', code: 'E_STALE_EPOCH' })
    })

    test('takes nothing once a freeze reached it', async () => {
      const { venue, freeze } = opened()
      await venue.submit(base, {})
      await freeze(2)
      expect(await venue.submit({ ...base, client_order_id: 'q0000002' }, {})).toMatchObject({ outcome: 'refused' })
      expect(await venue.submit({ ...base, client_order_id: 'q0000003', epoch: 2 }, {})).toMatchObject({
        outcome: 'refused',
      })
    })

    test('takes nothing when its lease has expired and none can be had', async () => {
      const { venue, loseWorld } = opened()
      await venue.submit(base, {})
      loseWorld(3_000)
      expect(await venue.submit({ ...base, client_order_id: 'q0000002' }, {})).toMatchObject({ outcome: 'refused' })
    })

    test('cancels a waiting order and says so', async () => {
      const { venue, move } = opened()
      await venue.submit(base, {})
      expect(await venue.cancel({ world_id: 'w', client_order_id: 'q0000001' }, {})).toMatchObject({
        outcome: 'accepted',
      })
      expect(await take(venue, 1)).toMatchObject([{ kind: 'ended', client_order_id: 'q0000001', status: 'canceled' }])
      move()
      expect(venue.stats().fills).toBe(0)
    })

    test('tells an order that has ended from one that it never had', async () => {
      const { venue, move } = opened()
      const cancel = (worldId: string, id: string) => venue.cancel({ world_id: worldId, client_order_id: id }, {})
      await venue.submit(base, {})
      move()
      expect(await cancel('w', 'q0000001')).toEqual({ outcome: 'closed' })
      expect(await cancel('w', 'q0000009')).toEqual({ outcome: 'unknown' })
      expect(await cancel('v', 'q0000001')).toEqual({ outcome: 'unknown' })
      expect(await take(venue, 1)).toMatchObject([{ kind: 'filled' }])
    })

    test('keeps a report until it was consumed', async () => {
      const { venue, move } = opened()
      await venue.submit(base, {})
      move()
      const failing = async () => {
        for await (const report of venue.reports({})) throw new Error(report.kind)
      }
      await expect(failing()).rejects.toThrow('filled')
      expect(await take(venue, 1)).toMatchObject([{ kind: 'filled' }])
    })
  })
}

async function take(venue: Venue, count: number): Promise<readonly VenueReport[]> {
  const taken: VenueReport[] = []
  const stop = new AbortController()
  for await (const report of venue.reports({ signal: stop.signal })) {
    taken.push(report)
    if (taken.length === count) stop.abort()
  }
  return taken
}

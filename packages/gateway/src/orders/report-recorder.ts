import { setTimeout as sleep } from 'node:timers/promises'
import type { Venue, VenueReport } from '@qmtl/brokerage'
import { isClosedOrder, orderStatuses, type Clock, type Fill, type Order } from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import type { OrderRepository } from './order-repository.ts'

export interface ReportRecorderPorts {
  readonly orders: Pick<OrderRepository, 'recordFill' | 'find' | 'change'>
  readonly venues: readonly Venue[]
  readonly clock: Clock
  readonly log: Logger
  /** Told of an order that changed and of a fill, once they are durable. */
  readonly onOrder: (order: Order) => void
  readonly onFill: (fill: Fill) => void
}

/** Turns what the venues report into rows. */
export interface ReportRecorder {
  /** Consumes the reports of every venue until it is stopped. */
  start(): void
  /** Resolves when everything the venues have given is recorded and each has nothing more to give. */
  idle(): Promise<void>
  /** Ends after the report under way; what is not consumed stays at the venue. */
  stop(): Promise<void>
}

const firstPauseMs = 100
const longestPauseMs = 8_000
const openStatuses = orderStatuses.filter((status) => !isClosedOrder(status))

export function createReportRecorder(ports: ReportRecorderPorts): ReportRecorder {
  const stopping = new AbortController()
  const busy = new Set<Venue>()
  let waiting: (() => void)[] = []
  let running: Promise<unknown> | undefined

  function setBusy(venue: Venue, isBusy: boolean): void {
    if (isBusy) busy.add(venue)
    else busy.delete(venue)
    if (busy.size > 0) return
    const idlers = waiting
    waiting = []
    for (const wake of idlers) wake()
  }

  async function consume(venue: Venue): Promise<void> {
    const reports = venue.reports({ signal: stopping.signal })[Symbol.asyncIterator]()
    for (;;) {
      setBusy(venue, false)
      const next = await reports.next()
      if (next.done === true) return
      setBusy(venue, true)
      await recordSurely(ports, next.value, stopping.signal)
    }
  }

  async function run(venue: Venue): Promise<void> {
    for (let failures = 1; !stopping.signal.aborted; failures++) {
      await consume(venue).catch((error: unknown) =>
        ports.log.error('venue-reports-failed', { venue: venue.name, error }),
      )
      setBusy(venue, false)
      await pause(pauseMs(failures), stopping.signal)
    }
  }

  return {
    start() {
      running ??= Promise.all(ports.venues.map(run))
    },
    async idle() {
      // A report that a venue has just given is taken up within this turn of the event loop.
      await nextTurn()
      while (busy.size > 0) {
        await new Promise<void>((resolve) => waiting.push(resolve))
        await nextTurn()
      }
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** A fill may not be lost: while the database is away the report waits, and with it those behind it. */
async function recordSurely(ports: ReportRecorderPorts, report: VenueReport, signal: AbortSignal): Promise<void> {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return await record(ports, report)
    } catch (error) {
      if (failures === 1) ports.log.error('report-not-recorded', { kind: report.kind, error })
      await pause(pauseMs(failures), signal)
    }
  }
}

async function record(
  { orders, clock, log, onOrder, onFill }: ReportRecorderPorts,
  report: VenueReport,
): Promise<void> {
  if (report.kind === 'filled') {
    const result = await orders.recordFill(report.fill, clock.now())
    if (result.outcome === 'known') return
    if (result.order === undefined)
      log.error('fill-of-unknown-order', { ...idsOf(report.fill), fill_id: report.fill.fill_id })
    else onOrder(result.order)
    return onFill(result.fill)
  }
  const { world_id, client_order_id, status, code, message } = report
  const order = await orders.find(world_id, client_order_id)
  if (order === undefined) return log.error('end-of-unknown-order', idsOf(report))
  const ended = { status, reason: `${code}: ${message}`, from: openStatuses }
  const changed = await orders.change(order.order_id, ended, clock.now())
  if (changed !== undefined) onOrder(changed)
}

function idsOf({ world_id, client_order_id }: { readonly world_id: string; readonly client_order_id: string }) {
  return { world_id, client_order_id }
}

function pauseMs(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1))
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An abort ends the pause; that is its purpose.
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

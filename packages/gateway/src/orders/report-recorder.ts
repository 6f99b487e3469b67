import type { Venue, VenueReport } from '@qmtl/brokerage'
import { isClosedOrder, orderStatuses, type Clock, type ErrorCause, type Fill, type Order } from '@qmtl/contracts'
import type { Logger } from '@qmtl/service-kit'
import { checkReport, type CheckedReport } from './check-report.ts'
import type { OrderRepository } from './order-repository.ts'
import type { RejectedReportRepository } from './rejected-report-repository.ts'
import { pause, pauseMs, untilDone } from './until-done.ts'
import type { ConnectedVenue } from './venue-directory.ts'

export interface ReportRecorderPorts {
  readonly orders: Pick<OrderRepository, 'recordFill' | 'find' | 'change'>
  readonly rejected: RejectedReportRepository
  readonly venues: readonly ConnectedVenue[]
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
  /** Ends after the report under way; what is not recorded stays at the venue. */
  stop(): Promise<void>
}

const lastWaitMs = 2_000
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

  async function consume(from: ConnectedVenue): Promise<void> {
    const { venue } = from
    // Coming back for the next report tells the venue that this one is kept for good.
    for await (const report of venue.reports({ signal: stopping.signal })) {
      setBusy(venue, true)
      const isRecorded = await untilDone(() => record(ports, from, report), {
        signal: stopping.signal,
        onFailure: (error) => ports.log.error('report-not-recorded', { venue: venue.name, error }),
      })
      if (!isRecorded) return
      setBusy(venue, false)
    }
  }

  async function run(from: ConnectedVenue): Promise<void> {
    const { venue } = from
    for (let failures = 1; !stopping.signal.aborted; failures++) {
      await consume(from).catch((error: unknown) =>
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
      // A venue that goes on waiting for its next report holds nothing of ours.
      await Promise.race([running, pause(lastWaitMs, new AbortController().signal)])
    },
  }
}

/** What fits is recorded; what does not is kept aside, for no repetition would make it fit. */
async function record(ports: ReportRecorderPorts, from: ConnectedVenue, reported: VenueReport): Promise<void> {
  const report = checkReport(reported)
  if ('causes' in report) return reject(ports, from, { report: reported, causes: report.causes })
  if (report.kind === 'ended') return recordEnd(ports, report)
  const { orders, clock, log, onOrder, onFill } = ports
  const result = await orders.recordFill({ fill: report.fill, domain: from.domain }, clock.now())
  if (result.outcome === 'known') return
  if (result.outcome === 'contradicted') return reject(ports, from, { report: reported, causes: result.causes })
  const { fill, order } = result
  const ids = { ...idsOf(fill), fill_id: fill.fill_id }
  if (fill.sequence !== report.fill.sequence)
    log.error('fill-sequence-taken', { ...ids, sequence: report.fill.sequence, recorded_as: fill.sequence })
  if (order === undefined) log.error('fill-of-unknown-order', ids)
  else onOrder(order)
  onFill(fill)
}

type Ended = Extract<CheckedReport, { kind: 'ended' }>

async function recordEnd({ orders, clock, log, onOrder }: ReportRecorderPorts, report: Ended): Promise<void> {
  const { world_id, client_order_id, status, code, message } = report
  const order = await orders.find(world_id, client_order_id)
  if (order === undefined) return log.error('end-of-unknown-order', idsOf(report))
  const ended = { status, reason: `${code}: ${message}`, from: openStatuses }
  const changed = await orders.change(order.order_id, ended, clock.now())
  if (changed !== undefined) onOrder(changed)
}

async function reject(
  { rejected, clock, log }: ReportRecorderPorts,
  { venue }: ConnectedVenue,
  { report, causes }: { readonly report: unknown; readonly causes: readonly ErrorCause[] },
): Promise<void> {
  await rejected.keep({ venue: venue.name, report, reason: JSON.stringify(causes) }, clock.now())
  log.error('report-rejected', { venue: venue.name, causes })
}

function idsOf({ world_id, client_order_id }: { readonly world_id: string; readonly client_order_id: string }) {
  return { world_id, client_order_id }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

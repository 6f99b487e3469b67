import { sha256hex } from '@qmtl/contracts'
import type { Database } from '@qmtl/service-kit'
import type { GatewayTables } from '../database/tables.ts'

export interface RejectedReport {
  readonly venue: string
  readonly report: unknown
  readonly reason: string
}

/** Reports of venues that could not be recorded: none is lost, and none holds up those behind it. */
export interface RejectedReportRepository {
  /** Keeps a report, once however often it comes. */
  keep(rejected: RejectedReport, nowMs: number): Promise<void>
}

export function createRejectedReportRepository(database: Database<GatewayTables>): RejectedReportRepository {
  return {
    async keep({ venue, report, reason }, nowMs) {
      const text = textOf(report)
      await database.kysely
        .insertInto('rejected_report')
        .values({ venue, report_hash: sha256hex(text), report: text, reason, received_at_ms: nowMs })
        .onConflict((conflict) => conflict.columns(['venue', 'report_hash']).doNothing())
        .execute()
    },
  }
}

function textOf(report: unknown): string {
  const write = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)
  return JSON.stringify(report ?? null, write)
}

import { QmtlError, type Clock } from '@qmtl/contracts'
import type { Database, Logger } from '@qmtl/service-kit'
import type { GatewayTables } from '../database/tables.ts'
import { pause } from './until-done.ts'

export interface InstanceLeasePorts {
  readonly database: Database<GatewayTables>
  readonly clock: Clock
  readonly log: Logger
}

export interface InstanceLeaseOptions {
  readonly instance: string
  /** Tells this process from others of the same name. */
  readonly holder: string
}

/**
 * The right of one process to a name: under it orders are its own, also after a restart. It lasts ten seconds from the
 * moment it was asked for and is renewed every three; clocks of processes that share a database differ by less than that.
 */
export interface InstanceLease {
  /** Waits out a process that ended without giving the name back; `E_INVALID_CONFIG` when one that runs bears it. */
  start(): Promise<void>
  /** False when another process may bear the name by now. */
  isHeld(): boolean
  renew(): Promise<void>
  /** Gives the name back; idempotent. */
  stop(): Promise<void>
}

const leaseMs = 10_000
const renewEveryMs = 3_000
const askEveryMs = 200

export function createInstanceLease(
  { database, clock, log }: InstanceLeasePorts,
  { instance, holder }: InstanceLeaseOptions,
): InstanceLease {
  const stopping = new AbortController()
  let heldUntilMs = -Infinity
  let renewing: Promise<void> | undefined

  const isHeld = (): boolean => clock.monotonic() < heldUntilMs

  async function claim(): Promise<boolean> {
    const askedAtMs = clock.monotonic()
    const nowMs = clock.now()
    const until_ms = nowMs + leaseMs
    const row = await database.kysely
      .insertInto('instance_lease')
      .values({ instance, holder, until_ms })
      .onConflict((conflict) =>
        conflict
          .column('instance')
          .doUpdateSet({ holder, until_ms })
          .where((eb) => eb.or([eb('instance_lease.holder', '=', holder), eb('instance_lease.until_ms', '<=', nowMs)])),
      )
      .returning('holder')
      .executeTakeFirst()
    heldUntilMs = row === undefined ? -Infinity : askedAtMs + leaseMs
    return row !== undefined
  }

  async function renew(): Promise<void> {
    const wasHeld = isHeld()
    if (!(await claim()) && wasHeld) log.error('instance-lost', { instance })
  }

  async function keepRenewing(): Promise<void> {
    for (;;) {
      await pause(renewEveryMs, stopping.signal)
      if (stopping.signal.aborted) return
      await renew().catch((error: unknown) => log.warn('instance-not-renewed', { instance, error }))
    }
  }

  return {
    async start() {
      const lastMs = clock.monotonic() + leaseMs
      while (!(await claim())) {
        if (clock.monotonic() >= lastMs) throw takenName(instance)
        await pause(askEveryMs, stopping.signal)
        stopping.signal.throwIfAborted()
      }
      renewing ??= keepRenewing()
    },
    isHeld,
    renew,
    async stop() {
      stopping.abort()
      await renewing
      heldUntilMs = -Infinity
      await database.kysely
        .deleteFrom('instance_lease')
        .where('instance', '=', instance)
        .where('holder', '=', holder)
        .execute()
    },
  }
}

/** The right to a name where no other process can bear it, as over a SQLite file. */
export const soleInstance: InstanceLease = {
  start: async () => undefined,
  isHeld: () => true,
  renew: async () => undefined,
  stop: async () => undefined,
}

function takenName(instance: string): QmtlError {
  const message = `another running Gateway on this database is named ${instance}`
  const cause = {
    path: '/instance',
    message: 'is borne by another running process; give each its own',
    value: instance,
  }
  return new QmtlError('E_INVALID_CONFIG', message, { errors: [cause] })
}

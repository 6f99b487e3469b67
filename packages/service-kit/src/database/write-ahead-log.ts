import { open, type FileHandle } from 'node:fs/promises'
import { messageOf, QmtlError } from '@qmtl/contracts'

/** The write-ahead log of a SQLite file, as far as its durability goes. */
export interface WriteAheadLog {
  /**
   * Resolves when everything that SQLite has written to the log by now is on the disk. A failure is for good: what the
   * system has told once as lost it does not tell again. Throws `E_DATABASE_UNAVAILABLE`.
   */
  sync(): Promise<void>
  close(): Promise<void>
}

/** Syncs in a thread of the system, so that the event loop never waits for a disk. */
export function createWriteAheadLog(databaseFile: string): WriteAheadLog {
  const file = `${databaseFile}-wal`
  let opened: FileHandle | undefined
  let failure: QmtlError | undefined

  async function openedLog(): Promise<FileHandle | undefined> {
    // SQLite keeps the file from its first write until the database is closed, so one handle is enough.
    opened ??= await open(file, 'r').catch((thrown: unknown) => {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
      throw thrown
    })
    return opened
  }

  return {
    async sync() {
      if (failure !== undefined) throw failure
      try {
        await (await openedLog())?.datasync()
      } catch (cause) {
        failure = new QmtlError('E_DATABASE_UNAVAILABLE', `${file} cannot be made durable: ${messageOf(cause)}`, {
          cause,
        })
        throw failure
      }
    },
    async close() {
      await opened?.close()
      opened = undefined
    },
  }
}

import { QmtlError, type ErrorCause } from '@qmtl/contracts'

/** What is wrong with the rows of files: the first are kept to be shown, all are counted. */
export interface FaultList {
  readonly count: number
  add(cause: ErrorCause): void
  /** Throws `E_INVALID_DATA` with the causes kept. */
  throwIfAny(): void
}

const mostCauses = 50

export function createFaultList(): FaultList {
  const causes: ErrorCause[] = []
  let count = 0
  return {
    get count() {
      return count
    },
    add(cause) {
      count += 1
      if (causes.length < mostCauses) causes.push(cause)
    },
    throwIfAny() {
      const [first] = causes
      if (first === undefined) return
      const more = count === 1 ? '' : `, and ${count - 1} more`
      throw new QmtlError('E_INVALID_DATA', `${fileOf(first)}: ${first.message}${more}`, {
        errors: causes,
        details: { faults: count },
        hint: 'correct the places named; nothing was imported',
      })
    },
  }
}

/** `bars.csv:6:2` is in `bars.csv`. */
function fileOf({ path }: ErrorCause): string {
  return path.replace(/:\d+:\d+$/, '')
}

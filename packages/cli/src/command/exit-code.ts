import { errorTable, type QmtlError } from '@qmtl/contracts'

const misuse = 2
const negative = 1

/** Own mistakes of configuration have the status of a server's fault on the wire, where nobody but the operator sees them. */
const ofConfiguration = new Set(['E_INVALID_CONFIG', 'E_PORT_IN_USE', 'E_DATABASE_LOCKED', 'E_MIGRATION'])

/** The exit code of a failure: 2 for bad input, configuration or use, 1 for a refusal by the system's state or an outage. */
export function exitCodeOf({ code }: QmtlError): 1 | 2 {
  if (ofConfiguration.has(code)) return misuse
  const { status } = errorTable[code]
  const isBadInput = status === 400 || status === 404 || status === 413 || status === 422
  return isBadInput ? misuse : negative
}

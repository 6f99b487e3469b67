/** What a thrown value says about the database, in the words of either dialect. */

/** True when a unique or primary key refused the row. */
export function isUniqueViolation(thrown: unknown): boolean {
  return hasCode(thrown, (code) => code === '23505') || hasMessage(thrown, /^UNIQUE constraint failed/)
}

/** True when a concurrent transaction won and the same work may pass if it runs again (PostgreSQL only). */
export function isSerializationFailure(thrown: unknown): boolean {
  return hasCode(thrown, (code) => code === '40001' || code === '40P01')
}

/** True when the database itself did not answer, so that nothing is known about the rows sent. */
export function isDatabaseOutage(thrown: unknown): boolean {
  return (
    hasCode(thrown, (code) => outageCodes.has(code) || /^(08|57P|53)/.test(code)) ||
    outageMessages.some((pattern) => hasMessage(thrown, pattern))
  )
}

// `E_TIMEOUT`: the one connection to the SQLite file was not handed over.
const outageCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'ENOSPC', 'E_TIMEOUT'])
const outageMessages = [
  /^(Connection terminated|timeout exceeded when trying to connect|driver has already been destroyed)/,
  /^database (is not open|is locked|or disk is full|disk image is malformed)/,
  /^(disk I\/O error|unable to open database file|attempt to write a readonly database)/,
]

function hasCode(thrown: unknown, matches: (code: string) => boolean): boolean {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string'
    ? matches(thrown.code)
    : false
}

function hasMessage(thrown: unknown, pattern: RegExp): boolean {
  return thrown instanceof Error && pattern.test(thrown.message)
}

import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino'
import { QmtlError } from '@qmtl/contracts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export type LogFields = Readonly<Record<string, unknown>>

/**
 * Structured log: an event name and its fields, `log.info('apply-unfrozen', { world_id, took_ms })`. Log once, where a
 * thing is handled; `warn` is degraded but safe, `error` needs a person. A thrown value goes into the field `error`.
 */
export interface Logger {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** A logger whose lines all carry these fields. */
  child(fields: LogFields): Logger
}

export interface LoggerOptions {
  /** Named in every line. */
  readonly service: string
  readonly level?: LogLevel
  /** Where lines of JSON go; standard error unless given, because standard output belongs to a command's answer. */
  readonly destination?: DestinationStream
}

/** Writes one JSON line per event. Members whose name says they are secret are replaced at any depth. */
export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  const options = { level, base: { service }, messageKey: 'event', timestamp: pino.stdTimeFunctions.isoTime }
  return wrap(pino(options, destination ?? pino.destination({ dest: 2, sync: true })))
}

function wrap(log: PinoLogger): Logger {
  return {
    debug: (event, fields) => log.debug(shown(fields), event),
    info: (event, fields) => log.info(shown(fields), event),
    warn: (event, fields) => log.warn(shown(fields), event),
    error: (event, fields) => log.error(shown(fields), event),
    child: (fields) => wrap(log.child(shown(fields))),
  }
}

/** A logger that writes nothing. */
export const silentLogger: Logger = createLogger({ service: 'silent', level: 'silent' })

const secretName = /pass(word|phrase)|secret|token|authorization|api_?key|private_?key|credential|cookie|dsn$/i
const maxDepth = 6

function shown(fields: LogFields = {}): Record<string, unknown> {
  return shownMembers(fields, 0)
}

function shownMembers(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      secretName.test(name) ? '[redacted]' : shownValue(value, depth),
    ]),
  )
}

function shownValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === maxDepth) return '[…]'
  if (value instanceof Error) return shownError(value, depth + 1)
  if (Array.isArray(value)) return value.map((item: unknown) => shownValue(item, depth + 1))
  return shownMembers(value, depth + 1)
}

function shownError(error: Error, depth: number): object {
  const own = error instanceof QmtlError ? { code: error.code, details: shownMembers(error.details, depth) } : {}
  const cause = error.cause === undefined ? {} : { cause: shownValue(error.cause, depth) }
  return { name: error.name, message: error.message, ...own, stack: error.stack, ...cause }
}

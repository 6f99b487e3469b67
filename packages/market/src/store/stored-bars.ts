import { formatInterval, intervalMs, QmtlError } from '@qmtl/contracts'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { BarSource } from '../bars/bar-columns.ts'

const count = Type.Integer({ minimum: 0 })
const instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{3})?Z$' })

/** A file that bars of a store came from. */
const barOriginSchema = Type.Object(
  {
    /** As its user named it. */
    file: Type.String(),
    bytes: count,
    /** Of the file's bytes. */
    hash: Type.String({ pattern: '^blake3:[0-9a-f]{64}$' }),
    /** Bars taken from it. */
    rows: count,
    imported_at: instant,
  },
  { additionalProperties: false },
)
export type BarOrigin = Readonly<Static<typeof barOriginSchema>>

/**
 * What a store knows of the bars of one instrument and interval without reading them: its manifest file. Times are RFC 3339 UTC.
 */
const storedBarsSchema = Type.Object(
  {
    format: Type.Literal(1),
    instrument: Type.String({ minLength: 3 }),
    interval: Type.String({ pattern: '^[1-9]\\d{0,5}[smhd]$' }),
    rows: Type.Integer({ minimum: 1 }),
    /** Opens of the first and the last bar. */
    first_ts: instant,
    last_ts: instant,
    /** Holes in the grid from the first bar to the last, whatever the calendar says about them. */
    gaps: Type.Object({ count, missing_bars: count }, { additionalProperties: false }),
    /** Of `fingerprintOf`. */
    fingerprint: Type.String({ pattern: '^lake:blake3:[0-9a-f]{64}$' }),
    /** Folder of the column files, beside the manifest. */
    columns: Type.String({ pattern: '^[a-z0-9-]+$' }),
    origins: Type.Array(barOriginSchema),
  },
  { additionalProperties: false },
)
export type StoredBars = Readonly<Static<typeof storedBarsSchema>>

const validator = Compile(storedBarsSchema)

/** Parses a manifest. Throws `E_INVALID_DATA` naming its file. */
export function parseStoredBars(text: string, file: string): StoredBars {
  const value = jsonOf(text)
  if (validator.Check(value)) return value
  const causes = validator
    .Errors(value)
    .map(({ instancePath, message }) => ({ path: `${file}${instancePath}`, message }))
  throw new QmtlError('E_INVALID_DATA', `${file} is not the manifest of stored bars`, {
    errors: causes.slice(0, 50),
    hint: 'remove its folder and import the bars again',
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What stored bars belong to. */
export function sourceOf({ instrument, interval }: Pick<StoredBars, 'instrument' | 'interval'>): BarSource {
  return { instrument, intervalMs: intervalMs(interval) }
}

/** Folder of an instrument and interval inside a store: `BTC-USD.SIM/1m`. Ids may hold what a path may not. */
export function folderOf({ instrument, intervalMs: ms }: BarSource): readonly [instrument: string, interval: string] {
  return [instrumentFolder(instrument), formatInterval(ms)]
}

/** An instrument's id as one name of the file system. */
export function instrumentFolder(instrument: string): string {
  return encodeURIComponent(instrument).replaceAll('*', '%2A')
}

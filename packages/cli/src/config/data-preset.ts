import { QmtlError } from '@qmtl/contracts'
import type { PresetSettings } from './config.ts'

/** Where bars come from, complete. */
export type DataPreset =
  | { readonly kind: 'synthetic'; readonly seed: number; readonly outages_per_year: number }
  | { readonly kind: 'csv'; readonly files: Readonly<Record<string, string>>; readonly allow_gaps: boolean }

/** The seed of the synthetic market where none is named. */
export const defaultSeed = 7

const keysOfKind = { synthetic: ['seed', 'outages_per_year'], csv: ['files', 'allow_gaps'] } as const

/**
 * A preset with its defaults; `pathOf` makes the paths of files absolute. Throws `E_INVALID_CONFIG` for a key of another kind
 * and for a `csv` preset without files.
 */
export function dataPreset(name: string, settings: PresetSettings, pathOf: (path: string) => string): DataPreset {
  const { kind, seed = defaultSeed, outages_per_year = 0, files, allow_gaps = false } = settings
  const known: readonly string[] = ['kind', ...keysOfKind[kind]]
  const stranger = Object.keys(settings).find((key) => !known.includes(key))
  if (stranger !== undefined) throw invalidPreset(`${name}.${stranger}`, `is not a key of kind ${kind}`)
  if (kind === 'synthetic') return { kind, seed, outages_per_year }
  if (files === undefined) throw invalidPreset(`${name}.files`, 'is required for kind csv')
  const absolute = Object.entries(files).map(([instrument, path]) => [instrument, pathOf(path)] as const)
  return { kind, files: Object.fromEntries(absolute), allow_gaps }
}

function invalidPreset(place: string, message: string): QmtlError {
  const path = `data.presets.${place}`
  return new QmtlError('E_INVALID_CONFIG', `${path} ${message}`, { errors: [{ path, message }] })
}

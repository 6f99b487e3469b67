import { isJsonObject } from '@qmtl/contracts'
import type { TSchema } from 'typebox'

/** One setting and where it was written. */
export interface Setting {
  /** From the root, such as `['gateway', 'port']`. */
  readonly path: readonly string[]
  readonly value: unknown
  /** `qmtl.yml:3:5`, `QMTL__GATEWAY__PORT` or `--port`. */
  readonly origin: string
  /** The value holds a secret and is never shown. */
  readonly isSecret: boolean
}

/** The settings of the environment: `QMTL__SECTION__KEY=value`, read by the type that the schema has at that place. */
export function environmentSettings(
  env: Readonly<Record<string, string | undefined>>,
  schema: TSchema,
): readonly Setting[] {
  const settings: Setting[] = []
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined || !name.startsWith('QMTL__')) continue
    const path = name.slice('QMTL__'.length).toLowerCase().split('__')
    settings.push({ path, value: valueOfText(text, schemaAt(schema, path)), origin: name, isSecret: false })
  }
  return settings
}

/** A value that came as text, in the type of its schema. Text that is no such value stays text, for the validator to refuse. */
export function valueOfText(text: string, schema: unknown): unknown {
  switch (isJsonObject(schema) ? schema['type'] : undefined) {
    case 'integer':
    case 'number':
      return valueOfNumber(text)
    case 'boolean':
      return valueOfBoolean(text)
    case 'array':
      return text.startsWith('[') ? valueOfJson(text) : text.split(',').map((item) => item.trim())
    case 'object':
      return valueOfJson(text)
    default:
      return text
  }
}

function valueOfNumber(text: string): unknown {
  return /^[-+]?\d/.test(text) && Number.isFinite(Number(text)) ? Number(text) : text
}

function valueOfBoolean(text: string): unknown {
  if (text === 'true') return true
  return text === 'false' ? false : text
}

/** The schema of a setting, or nothing where the schema has no such place. */
export function schemaAt(schema: unknown, path: readonly string[]): unknown {
  let place = schema
  for (const step of path) {
    const properties = isJsonObject(place) ? place['properties'] : undefined
    if (!isJsonObject(properties) || !Object.hasOwn(properties, step)) return undefined
    place = properties[step]
  }
  return place
}

function valueOfJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

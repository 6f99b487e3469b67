import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isJsonObject, messageOf, QmtlError, schemaCauses, type ErrorCause } from '@qmtl/contracts'
import type { Static, TObject, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Default } from 'typebox/value'
import { environmentSettings, schemaAt, valueOfText, type Setting } from './config-source.ts'
import { resolveSecrets } from './secrets.ts'
import { yamlSettings } from './yaml-settings.ts'

/** A setting given on the command line. */
export interface FlagSetting {
  /** As the user wrote it, such as `--port`; shown in errors. */
  readonly flag: string
  /** Where it belongs, such as `gateway.port`. */
  readonly path: string
  readonly value: string | number | boolean
}

export interface LoadConfigOptions {
  /** The file named on the command line; it must exist. Else `QMTL_CONFIG_FILE`, else `qmtl.yml` in `cwd` and upwards. */
  readonly file?: string | undefined
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly flags?: readonly FlagSetting[]
}

export interface LoadedConfig<Config> {
  readonly config: Config
  /** The file read, or nothing when there was none. */
  readonly file: string | undefined
}

/**
 * The configuration by the schema: its defaults, then the file, the environment (`QMTL__SECTION__KEY`) and the flags, the
 * later ones winning. An empty text is no value. Every fault is told at once with its place: `E_INVALID_CONFIG`; a file
 * that cannot be read is `E_FILE`. Values of secrets are never shown.
 */
export function loadConfig<const Schema extends TObject>(
  schema: Schema,
  options: LoadConfigOptions,
): LoadedConfig<Static<Schema>> {
  const file = findConfigFile(options)
  const faults: ErrorCause[] = []
  const written = [
    ...(file === undefined ? [] : yamlSettings(readConfigFile(file), file)),
    ...environmentSettings(options.env, schema),
    ...(options.flags ?? []).map((flag) => flagSetting(flag, schema)),
  ]
  const settings = written.map((setting) => resolveSecrets(setting, options.env, faults))
  const validator = Compile(closed(schema))
  const typed = Compile(schema)
  const value: unknown = Default(schema, withSections(schema, assemble(settings)))
  // The second check says nothing new; it gives the value its type.
  if (faults.length === 0 && validator.Check(value) && typed.Check(value)) return { config: value, file }
  const causes = [...faults, ...schemaCauses(validator, value).map((cause) => placed(cause, settings))]
  const [first] = causes
  throw new QmtlError('E_INVALID_CONFIG', `${first?.path ?? 'configuration'}: ${first?.message ?? 'is not valid'}`, {
    errors: causes,
  })
}

/** The nearest `qmtl.yml`, unless the command line or the environment names a file. */
function findConfigFile({ file, cwd, env }: LoadConfigOptions): string | undefined {
  const named = file ?? env['QMTL_CONFIG_FILE']
  if (named !== undefined && named !== '') return resolve(cwd, named)
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const candidate = join(folder, 'qmtl.yml')
    if (existsSync(candidate)) return candidate
    if (dirname(folder) === folder) return undefined
  }
}

function readConfigFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new QmtlError('E_FILE', `the configuration ${file} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

function flagSetting({ flag, path, value }: FlagSetting, schema: TObject): Setting {
  const steps = path.split('.')
  const typed = typeof value === 'string' ? valueOfText(value, schemaAt(schema, steps)) : value
  return { path: steps, value: typed, origin: flag, isSecret: false }
}

type Tree = Record<string, unknown>

function assemble(settings: readonly Setting[]): Tree {
  const root: Tree = {}
  for (const { path, value } of settings) {
    if (value === '' || value === null || value === undefined) continue
    const sections = path.slice(0, -1)
    const section = sections.reduce<Tree>((parent, step) => {
      const known = Object.hasOwn(parent, step) ? parent[step] : undefined
      const child: Tree = isJsonObject(known) ? { ...known } : {}
      setMember(parent, step, child)
      return child
    }, root)
    setMember(section, path.at(-1) ?? '', value)
  }
  return root
}

/** A plain member even where the name is `__proto__`. */
function setMember(tree: Tree, name: string, value: unknown): void {
  Object.defineProperty(tree, name, { value, enumerable: true, configurable: true, writable: true })
}

/** Makes the sections that nobody wrote, so that their defaults apply. */
function withSections(schema: TObject, tree: Tree): Tree {
  // A schema without required members has no such list, whatever its type says.
  const required: unknown = Object.hasOwn(schema, 'required') ? schema.required : []
  const filled: Tree = { ...tree }
  for (const [name, member] of Object.entries(schema.properties)) {
    const given = Object.hasOwn(tree, name) ? tree[name] : undefined
    if (!isObjectSchema(member)) continue
    if (isJsonObject(given)) filled[name] = withSections(member, { ...given })
    else if (given === undefined && Array.isArray(required) && required.includes(name))
      filled[name] = withSections(member, {})
  }
  return filled
}

/** The schema with every map closed: a name that it does not know stops the start. */
function closed(schema: TObject): TSchema {
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([name, member]) => [name, isObjectSchema(member) ? closed(member) : member]),
  )
  return { additionalProperties: false, ...schema, properties }
}

function isObjectSchema(schema: unknown): schema is TObject {
  return (
    typeof schema === 'object' &&
    schema !== null &&
    'type' in schema &&
    schema.type === 'object' &&
    'properties' in schema
  )
}

/** Puts a cause where the user wrote the value: by line and column, variable or flag. */
function placed({ path, message, value }: ErrorCause, settings: readonly Setting[]): ErrorCause {
  const steps = path.split('/').slice(1)
  const dotted = steps.join('.')
  const setting = writtenAt(steps, settings)
  const name = dotted === '' ? 'the configuration' : dotted
  const isSecret = settings.some((one) => one.isSecret && (isWithin(one.path, steps) || isWithin(steps, one.path)))
  const shown = value === undefined || isSecret ? {} : { value }
  return { path: setting?.origin ?? name, message: setting === undefined ? message : `${name} ${message}`, ...shown }
}

/** The setting at a place; else the nearest around it; else the first inside it. */
function writtenAt(steps: readonly string[], settings: readonly Setting[]): Setting | undefined {
  const around = settings.filter(({ path }) => isWithin(steps, path))
  const depth = Math.max(...around.map(({ path }) => path.length))
  return around.findLast(({ path }) => path.length === depth) ?? settings.find(({ path }) => isWithin(path, steps))
}

function isWithin(inner: readonly string[], outer: readonly string[]): boolean {
  return outer.length > 0 && outer.every((step, index) => inner[index] === step)
}

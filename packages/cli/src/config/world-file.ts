import { readFile } from 'node:fs/promises'
import {
  closed,
  messageOf,
  policySchema,
  QmtlError,
  schemaCauses,
  worldCreateSchema,
  type Policy,
  type WorldCreate,
} from '@qmtl/contracts'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { isMap, isScalar } from 'yaml'
import { readYaml, type PlacedYaml } from './yaml-places.ts'

/** A world as it stands in a file: what `POST /worlds` takes, and the policy to start with. */
export interface WorldFile {
  readonly world: WorldCreate
  readonly policy: Policy | undefined
}

const fileSchema = Type.Object({ ...worldCreateSchema.properties, policy: Type.Optional(policySchema) }, closed)
const fileValidator = Compile(fileSchema)
const worldValidator = Compile(worldCreateSchema)

/**
 * Reads a world file. Throws `E_FILE` where there is none and `E_INVALID_REQUEST` for what is wrong in it: all causes, each with
 * file, line and column. Whether the expressions of the policy are right is for the WorldService to say.
 */
export async function readWorldFile(path: string): Promise<WorldFile> {
  try {
    return parseWorldFile(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (error instanceof QmtlError) throw error
    throw new QmtlError('E_FILE', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** The world in a YAML text; `name` stands in messages. */
export function parseWorldFile(text: string, name: string): WorldFile {
  const yaml = readYaml(text, name, 'E_INVALID_REQUEST')
  keepDecimalsExact(yaml)
  const content: unknown = yaml.document.toJS()
  if (!fileValidator.Check(content)) throw invalidFile(content, yaml, name)
  const { policy, ...world } = content
  if (!worldValidator.Check(world)) throw invalidFile(content, yaml, name)
  return { world, policy }
}

/** Amounts are decimal texts; in a file they may be written as plain numbers and are taken digit by digit. */
function keepDecimalsExact({ document }: PlacedYaml): void {
  if (!isMap(document.contents)) return
  for (const key of ['strategy_cash', 'max_order_notional']) {
    const node: unknown = document.contents.get(key, true)
    if (isScalar(node) && typeof node.value === 'number') node.value = node.source ?? String(node.value)
  }
}

function invalidFile(content: unknown, yaml: PlacedYaml, name: string): QmtlError {
  const errors = schemaCauses(fileValidator, content).map((cause) => ({
    ...cause,
    path: yaml.placeOf(cause.path),
    message: `${cause.path.slice(1).replaceAll('/', '.')} ${cause.message}`.trim(),
  }))
  const [first] = errors
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : ''
  return new QmtlError('E_INVALID_REQUEST', `${first?.path ?? name}: ${first?.message ?? 'is no world'}${more}`, {
    errors,
    hint: 'correct the places named; nothing was changed',
  })
}

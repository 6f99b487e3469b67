import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { messageOf, policySchema, QmtlError, schemaCauses, type Policy } from '@qmtl/contracts'
import { Compile } from 'typebox/compile'
import { readYaml } from './yaml-places.ts'

const validator = Compile(policySchema)

/**
 * Reads a policy file, YAML or JSON, relative to `cwd`. Throws `E_FILE` where there is none and `E_INVALID_REQUEST` for what is wrong in it,
 * with file, line and column. Whether its expressions are right is for the WorldService to say.
 */
export async function readPolicyFile(path: string, cwd: string): Promise<Policy> {
  return parsePolicyFile(await textOf(path, cwd), path)
}

/** The policy in a YAML text; `name` stands in messages. */
export function parsePolicyFile(text: string, name: string): Policy {
  const yaml = readYaml(text, name, 'E_INVALID_REQUEST')
  if (validator.Check(yaml.value)) return yaml.value
  const errors = schemaCauses(validator, yaml.value).map((cause) => ({
    ...cause,
    path: yaml.placeOf(cause.path),
    message: `${cause.path.slice(1).replaceAll('/', '.')} ${cause.message}`.trim(),
  }))
  const [first] = errors
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : ''
  throw new QmtlError('E_INVALID_REQUEST', `${first?.path ?? name}: ${first?.message ?? 'is no policy'}${more}`, {
    errors,
    hint: 'correct the places named; nothing was changed',
  })
}

async function textOf(path: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, path), 'utf8')
  } catch (error) {
    throw new QmtlError('E_FILE', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

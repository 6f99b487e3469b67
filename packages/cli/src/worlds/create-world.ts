import { resolve } from 'node:path'
import {
  formatInstant,
  parseInstant,
  QmtlError,
  type Policy,
  type PolicyVersion,
  type World,
  type WorldCreate,
  type WorldData,
} from '@qmtl/contracts'
import type { GatewayClient } from '../client/gateway-client.ts'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { Misuse } from '../command/misuse.ts'
import { readPolicyFile } from '../config/policy-file.ts'
import { readWorldFile, type WorldFile } from '../config/world-file.ts'
import type { Style } from '../output/style.ts'
import { minuteText } from '../output/times.ts'

/** What `qmtl world create` is asked for; what is given here goes before what stands in the file. */
export interface WorldCreateRequest {
  readonly worldId: string | undefined
  readonly file: string | undefined
  readonly preset: string | undefined
  readonly asOf: string | undefined
  readonly historyStart: string | undefined
  readonly policy: string | undefined
  readonly settings: Omit<WorldCreate, 'world_id' | 'data'>
}

/** The document of `qmtl world create --json`. */
interface CreatedWorld {
  readonly world: World
  readonly policy: PolicyVersion | null
}

const defaultPreset = 'synthetic'

/** Creates a world and gives it its first policy, where there is one. Everything is read before anything is sent. */
export async function createWorld(
  request: WorldCreateRequest,
  { cwd }: CommandContext,
  gateway: GatewayClient,
): Promise<CommandResult> {
  const file = request.file === undefined ? undefined : await readWorldFile(resolve(cwd, request.file))
  const policy = request.policy === undefined ? file?.policy : await readPolicyFile(request.policy, cwd)
  const { body: world } = await gateway.worlds.createWorld({ body: worldOf(request, file) })
  const added = policy === undefined ? null : await addFirstPolicy(gateway, world.world_id, policy)
  // The first policy becomes the default one.
  const created: CreatedWorld = {
    world: added === null ? world : { ...world, default_policy_version: added.version },
    policy: added,
  }
  return { json: created, text: (style) => createdText(created, style) }
}

/** The world that flags and file ask for together. */
export function worldOf({ worldId, settings, ...data }: WorldCreateRequest, file: WorldFile | undefined): WorldCreate {
  const world_id = worldId ?? file?.world.world_id
  if (world_id === undefined) throw new Misuse('<world>', '', 'needs an id, or a --file that names one')
  return { ...file?.world, ...settings, world_id, data: dataOf(data, file?.world.data) }
}

function dataOf(
  { preset, asOf, historyStart }: Pick<WorldCreateRequest, 'preset' | 'asOf' | 'historyStart'>,
  inFile: WorldData | undefined,
): WorldData {
  return {
    preset: preset ?? inFile?.preset ?? defaultPreset,
    as_of: instantOf('--as-of', asOf, inFile?.as_of),
    history_start: instantOf('--history-start', historyStart, inFile?.history_start),
  }
}

function instantOf(flag: string, given: string | undefined, inFile: string | undefined): string {
  if (given !== undefined) return formatInstant(parseInstant(given))
  if (inFile === undefined) throw new Misuse(flag, '', 'is needed where no --file says it')
  return inFile
}

async function addFirstPolicy({ worlds }: GatewayClient, worldId: string, policy: Policy): Promise<PolicyVersion> {
  try {
    const { body } = await worlds.addPolicy({ params: { world_id: worldId }, body: { policy } })
    return body
  } catch (thrown) {
    if (!(thrown instanceof QmtlError)) throw thrown
    throw new QmtlError(thrown.code, `world ${worldId} was created, its policy was refused: ${thrown.message}`, {
      errors: thrown.errors,
      details: thrown.details,
      hint: `correct the policy and add it with qmtl world policy ${worldId} --file FILE`,
      cause: thrown,
    })
  }
}

function createdText({ world, policy }: CreatedWorld, style: Style): string {
  const { world_id, data } = world
  const rule = policy === null ? 'no policy yet: nobody is promoted' : `policy ${policy.version}`
  return [
    `${style.good('✓')} ${style.bold(`world ${world_id}`)} is created, ${rule}`,
    `  ${data.preset} data, ${minuteText(data.history_start)} to ${minuteText(data.as_of)} UTC`,
  ].join('\n')
}

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { messageOf, QmtlError } from '@qmtl/contracts'
import { parseActions, splitInstrumentId, type CorporateAction } from '@qmtl/market'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { counted } from '../output/numbers.ts'
import { table } from '../output/table.ts'
import { openDataStore } from './data-store.ts'

/** What `qmtl data actions` is asked for. */
export interface ActionsRequest {
  readonly instrument: string
  /** To be stored in the place of the stored ones; undefined to show these. */
  readonly file: string | undefined
  readonly store: string
}

/** Stores corporate actions, or shows the stored ones. */
export async function actionsData(
  { instrument, file, store: folder }: ActionsRequest,
  context: CommandContext,
): Promise<CommandResult> {
  splitInstrumentId(instrument)
  const store = openDataStore(context, folder)
  if (file !== undefined) {
    await store.putActions(instrument, parseActions(await contentOf(resolve(context.cwd, file), file), file))
  }
  const actions = await store.actions(instrument, { signal: context.signal })
  return {
    json: {
      instrument,
      actions: actions.map(({ exDate, kind, value }) => ({ ex_date: exDate, kind, value })),
    },
    text: () =>
      file === undefined
        ? actionsText(instrument, actions)
        : `stored ${counted(actions.length, 'action')} of ${instrument}`,
  }
}

async function contentOf(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new QmtlError('E_FILE', `${name} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function actionsText(instrument: string, actions: readonly CorporateAction[]): string {
  if (actions.length === 0) return `no corporate actions of ${instrument}\n  do: qmtl data actions ${instrument} FILE`
  return table(
    [{ title: 'ex-date' }, { title: 'kind' }, { title: 'value', align: 'right' }],
    actions.map(({ exDate, kind, value }) => [exDate, kind, String(value)]),
  )
}

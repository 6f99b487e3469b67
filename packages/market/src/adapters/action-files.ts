import { mkdir, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, QmtlError } from '@qmtl/contracts'
import { actionsAsText, parseActions, type CorporateAction } from '../actions/corporate-action.ts'
import { instrumentFolder } from '../store/stored-bars.ts'
import { syncFolder } from './column-files.ts'
import { writeDurably } from './store-draft.ts'

function fileOf(store: string, instrument: string): string {
  return join(store, 'actions', `${instrumentFolder(instrument)}.csv`)
}

/** The stored actions of an instrument; none without a file. Throws `E_INVALID_DATA` and `E_FILE`. */
export async function readActions(store: string, instrument: string): Promise<readonly CorporateAction[]> {
  const file = fileOf(store, instrument)
  try {
    return parseActions(await readFile(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    if (error instanceof QmtlError) throw error
    throw new QmtlError('E_FILE', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** Puts actions in the place of the stored ones, durably and at once. */
export async function writeActions(
  store: string,
  instrument: string,
  actions: readonly CorporateAction[],
): Promise<void> {
  const file = fileOf(store, instrument)
  await mkdir(dirname(file), { recursive: true })
  await syncFolder(store)
  await writeDurably(`${file}.new`, actionsAsText(actions))
  await rename(`${file}.new`, file)
  await syncFolder(dirname(file))
}

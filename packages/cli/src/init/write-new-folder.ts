import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, QmtlError } from '@qmtl/contracts'
import type { NewFile } from './desk-files.ts'

/** Writes files into a folder that is new or empty (but for `.git`). Throws `E_FILE`; then nothing that was there has changed. */
export async function writeNewFolder(directory: string, files: readonly NewFile[]): Promise<void> {
  await checkEmpty(directory)
  try {
    for (const { path, content } of files) {
      const file = join(directory, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content, { flag: 'wx' })
    }
  } catch (error) {
    throw new QmtlError('E_FILE', `${directory} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

async function checkEmpty(directory: string): Promise<void> {
  const names = await namesIn(directory)
  const taken = names.filter((name) => name !== '.git').toSorted()
  if (taken.length === 0) return
  const shown = taken.slice(0, 3).join(', ')
  throw new QmtlError('E_FILE', `${directory} is not empty: it holds ${shown}${taken.length > 3 ? ', …' : ''}`, {
    details: { files: taken.length },
    hint: 'name a new folder; nothing was changed',
  })
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    const isFile = error instanceof Error && 'code' in error && error.code === 'ENOTDIR'
    const what = isFile ? 'is a file, not a folder' : `cannot be read: ${messageOf(error)}`
    throw new QmtlError('E_FILE', `${directory} ${what}`, { cause: error, hint: 'name a new folder' })
  }
}

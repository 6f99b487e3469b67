import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { createFileBarStore } from '../adapters/file-bar-store.ts'
import type { BarStore } from '../store/bar-store.ts'
import { createFakeFileLock } from './file-lock.ts'

/** Folders, stores and files for a suite, removed when it ends. */
export function temporaryStores(): {
  newFolder(): Promise<string>
  newStore(): Promise<BarStore>
  /** Writes a file into a folder of its own. */
  newFile(name: string, content: string | Uint8Array): Promise<{ readonly path: string; readonly name: string }>
} {
  const folders: string[] = []
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
  })
  async function newFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'qmtl-store-'))
    folders.push(folder)
    return folder
  }
  return {
    newFolder,
    newStore: async () => createFileBarStore(join(await newFolder(), 'data'), { lock: createFakeFileLock() }),
    async newFile(name, content) {
      const path = join(await newFolder(), name)
      await writeFile(path, content)
      return { path, name }
    },
  }
}

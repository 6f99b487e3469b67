import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** Makes empty directories that are removed after the suite. */
export function temporaryDirectories(): () => Promise<string> {
  const made: string[] = []
  afterAll(async () => {
    for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true })
  })
  return async () => {
    const directory = await mkdtemp(join(tmpdir(), 'qmtl-cli-'))
    made.push(directory)
    return directory
  }
}

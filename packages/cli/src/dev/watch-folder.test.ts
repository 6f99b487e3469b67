import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectories } from '../testing/temporary-directories.ts'
import { watchFolder } from './watch-folder.ts'

const temporary = temporaryDirectories()

async function namesUntil(changes: AsyncIterator<readonly string[]>, name: string): Promise<readonly string[]> {
  const seen: string[] = []
  while (!seen.includes(name)) {
    const next = await changes.next()
    if (next.done === true) break
    seen.push(...next.value)
  }
  return seen
}

test('a file that changes while nobody asks is told when somebody does', async () => {
  const folder = await temporary()
  const stop = new AbortController()
  const changes = watchFolder(folder, stop.signal)[Symbol.asyncIterator]()
  await writeFile(join(folder, 'a.ts'), '1')
  await writeFile(join(folder, 'notes.txt'), '1')
  expect(await namesUntil(changes, 'a.ts')).not.toContain('notes.txt')
  await writeFile(join(folder, 'b.ts'), '1')
  await writeFile(join(folder, 'c.ts'), '1')
  expect(await namesUntil(changes, 'c.ts')).toContain('b.ts')
  stop.abort()
  expect((await changes.next()).done).toBe(true)
})

test('a folder that is not there tells nothing and ends with the signal', async () => {
  const stop = new AbortController()
  const changes = watchFolder(join(await temporary(), 'none'), stop.signal)[Symbol.asyncIterator]()
  const next = changes.next()
  stop.abort()
  expect((await next).done).toBe(true)
})

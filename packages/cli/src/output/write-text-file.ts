import { rename, rm, writeFile } from 'node:fs/promises'
import { messageOf, QmtlError } from '@qmtl/contracts'

/** Writes a file whole or not at all. Throws `E_FILE`. */
export async function writeTextFile(file: string, content: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`
  try {
    await writeFile(draft, content)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw new QmtlError('E_FILE', `${file} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

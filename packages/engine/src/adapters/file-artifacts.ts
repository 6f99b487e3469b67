import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf, QmtlError } from '@qmtl/contracts'
import { decodeArtifact, encodeArtifact } from '../cache/artifact-bytes.ts'
import type { ArtifactStore } from '../cache/result-cache.ts'

let drafts = 0

/**
 * Artifacts as files of a folder, which may be shared by processes: a file appears whole or not at all and is never written
 * over; a damaged one counts as missing and is taken away, so that it can be written anew. Synchronous, as the evaluation is.
 * Throws `E_FILE` where the folder cannot be written.
 */
export function createFileArtifacts(folder: string): ArtifactStore {
  const pathOf = (key: string): string => join(folder, key.slice(0, 2), `${key}.columns`)
  return {
    read(key) {
      const bytes = readIfThere(pathOf(key))
      if (bytes === undefined) return undefined
      const result = decodeArtifact(bytes)
      if (result === undefined) rmSync(pathOf(key), { force: true })
      return result
    },
    write(key, result) {
      const path = pathOf(key)
      const draft = `${path}.${process.pid}-${drafts++}`
      try {
        mkdirSync(dirname(path), { recursive: true })
        try {
          writeFileSync(draft, encodeArtifact(result), { flag: 'wx' })
          linkUnlessThere(draft, path)
        } finally {
          rmSync(draft, { force: true })
        }
      } catch (error) {
        throw new QmtlError('E_FILE', `${path} cannot be written: ${messageOf(error)}`, { cause: error })
      }
    },
  }
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw new QmtlError('E_FILE', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function linkUnlessThere(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

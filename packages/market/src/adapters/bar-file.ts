import { open, type FileHandle } from 'node:fs/promises'
import { messageOf, QmtlError, type CallOptions } from '@qmtl/contracts'

/** A file to import. */
export interface ImportFile {
  readonly path: string
  /** For messages and the manifest. */
  readonly name: string
}

/** An open file of bars. */
export interface BarFile extends ImportFile {
  readonly handle: FileHandle
  readonly bytes: number
}

const chunkBytes = 1 << 22

/** Opens files, all or none. Throws `E_FILE`. */
export async function openBarFiles(files: readonly ImportFile[]): Promise<readonly BarFile[]> {
  const opened: BarFile[] = []
  try {
    for (const file of files) opened.push(await openOne(file))
  } catch (error) {
    await Promise.all(opened.map(({ handle }) => handle.close()))
    throw error
  }
  return opened
}

async function openOne({ path, name }: ImportFile): Promise<BarFile> {
  try {
    const handle = await open(path, 'r')
    const info = await handle.stat()
    if (info.isFile()) return { path, name, handle, bytes: info.size }
    await handle.close()
  } catch (error) {
    throw unreadable(name, error)
  }
  throw new QmtlError('E_FILE', `${name} is not a file`, { hint: 'name the files of bars themselves' })
}

/** The bytes of a file; each chunk is overwritten by the next. Throws `E_FILE`. */
export async function* chunksOf(file: BarFile, { signal }: CallOptions): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(chunkBytes)
  for (let at = 0; ;) {
    signal?.throwIfAborted()
    const length = await readInto(file, buffer, at)
    if (length === 0) return
    yield buffer.subarray(0, length)
    at += length
  }
}

/** The bytes `[from, to)` of a file, fewer where it ends before. Throws `E_FILE`. */
export async function bytesOf(file: BarFile, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(to - from)
  let done = 0
  while (done < buffer.length) {
    const length = await readInto(file, buffer.subarray(done), from + done)
    if (length === 0) return buffer.slice(0, done)
    done += length
  }
  return buffer
}

async function readInto({ handle, name }: BarFile, buffer: Uint8Array, at: number): Promise<number> {
  try {
    return (await handle.read(buffer, 0, buffer.length, at)).bytesRead
  } catch (error) {
    throw unreadable(name, error)
  }
}

function unreadable(name: string, error: unknown): QmtlError {
  return new QmtlError('E_FILE', `${name} cannot be read: ${messageOf(error)}`, { cause: error })
}

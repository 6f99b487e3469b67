import { open } from 'node:fs/promises'
import { messageOf, QmtlError } from '@qmtl/contracts'
import { isReportHtml, reportHtml } from '@qmtl/engine'
import { releaseVersion } from '../command/release-version.ts'
import { writeTextFile } from '../output/write-text-file.ts'
import type { FinishedBacktest } from './backtest-report.ts'

/** A report says within so many bytes that it is one. */
const headBytes = 512

/**
 * A report may stand where nothing stands, or an older report. Throws `E_FILE` for a path, `named` so by the user, that holds
 * something else.
 */
export async function checkReportFile(file: string, named: string): Promise<void> {
  const head = await headOf(file, named)
  if (head === undefined || isReportHtml(head)) return
  throw new QmtlError('E_FILE', `${named} is there and is no report of a backtest; --report writes over reports only`, {
    hint: 'name another file, or move that one away',
  })
}

/** Writes the report of a run, whole or not at all. Throws `E_FILE`. */
export async function writeReport(
  file: string,
  { strategy, file: named, data, result, replay }: FinishedBacktest,
): Promise<void> {
  const { name, version, params, dagHash } = strategy
  const page = reportHtml({
    strategy: { name, version, file: named, params, dagHash },
    data,
    result,
    replay,
    createdAtMs: Date.now(),
    release: releaseVersion(),
  })
  await writeTextFile(file, page)
}

/** The beginning of a file; undefined where there is none. */
async function headOf(file: string, named: string): Promise<string | undefined> {
  try {
    return await readHead(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new QmtlError('E_FILE', `${named} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

async function readHead(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

import { createReadStream } from 'node:fs'
import { Parser } from 'csv-parse'
import { createFileBarStore, importBars, type FileLayout } from '@qmtl/market'
import { lockSqliteFile } from '@qmtl/service-kit'

// One timed step of the bench `import` in a process of its own, so that its memory is its own: `import STORE FILE [LAYOUT]`,
// `read STORE`, or `parse FILE`, the CSV library alone. Tells its parent the time and the largest resident memory.
const [, , step = '', ...args] = process.argv
const source = { instrument: 'BTC-USD.SIM', intervalMs: 60_000 }

async function run(): Promise<number> {
  const [first = '', second = '', layout] = args
  if (step === 'parse') return countRecords(first)
  const store = createFileBarStore(first, { lock: async (file) => lockSqliteFile(file) })
  if (step === 'read') return (await store.read(source, {})).length
  const files = [{ path: second, name: second }]
  const request = { files, ...source, layout: layout === undefined ? undefined : (JSON.parse(layout) as FileLayout) }
  const { stored } = await importBars(store, { ...request, mode: 'replace' }, { nowMs: () => Date.now() })
  return stored.rows
}

/** What the library takes for a file as its documentation reads one, with the settings that an import gives it. */
async function countRecords(file: string): Promise<number> {
  let records = 0
  const parser = createReadStream(file).pipe(new Parser({ delimiter: ';', trim: true }))
  for await (const record of parser) records += Array.isArray(record) ? 1 : 0
  return records
}

const startedAt = performance.now()
const rows = await run()
process.send?.({ rows, ms: performance.now() - startedAt, residentMb: process.resourceUsage().maxRSS / 1_000 })

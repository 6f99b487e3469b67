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

/** What the library takes for a file with the settings that an import gives it, its records dropped. */
async function countRecords(file: string): Promise<number> {
  let records = 0
  const parser = new Parser({
    delimiter: ';',
    trim: true,
    on_record: () => {
      records += 1
      return null
    },
  })
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 22 })) {
    await new Promise<void>((resolve, reject) => parser.write(chunk, (error) => (error ? reject(error) : resolve())))
  }
  return records
}

const startedAt = performance.now()
const rows = await run()
process.send?.({ rows, ms: performance.now() - startedAt, residentMb: process.resourceUsage().maxRSS / 1_000 })

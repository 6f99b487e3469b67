import { cpus, totalmem } from 'node:os'
import type { Bench } from './bench.ts'
import { brokerageBench } from './brokerage.ts'
import { decimalBench } from './decimal.ts'
import { engineBench } from './engine.ts'
import { importBench } from './import.ts'
import { operatorsBench } from './operators.ts'
import { sharedBench } from './shared.ts'
import { startBench } from './start.ts'
import { streamBench } from './stream.ts'
import { submitBench } from './submit.ts'
import { sweepBench } from './sweep.ts'

const benches: readonly Bench[] = [
  engineBench,
  operatorsBench,
  sharedBench,
  streamBench,
  submitBench,
  sweepBench,
  importBench,
  brokerageBench,
  decimalBench,
  startBench,
]

/** `npm run bench -- NAME [--json]` runs one bench, `--list` names them all. Exit 2 on an unknown name. */
async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json')
  const name = args.find((arg) => !arg.startsWith('--'))
  if (args.includes('--list')) {
    const rows = benches.map(({ name: title, description }) => ({ name: title, description }))
    console.log(json ? JSON.stringify(rows) : rows.map((row) => `${row.name.padEnd(10)} ${row.description}`).join('\n'))
    return 0
  }
  const bench = benches.find((one) => one.name === name)
  if (!bench) {
    console.error(`E_USAGE: no bench '${name ?? ''}'\n  do: npm run bench -- --list`)
    return 2
  }
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
  }
  const result = { bench: bench.name, ...(await bench.run()), machine }
  console.log(json ? JSON.stringify(result) : Object.entries(result).map(line).join('\n'))
  return 0
}

function line([key, value]: readonly [string, unknown]): string {
  return `${key.padEnd(28)} ${typeof value === 'string' ? value : JSON.stringify(value)}`
}

process.exitCode = await main(process.argv.slice(2))

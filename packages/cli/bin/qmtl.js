#!/usr/bin/env node
// The `qmtl` command. In a fresh clone nothing is built yet: then the first call builds, once.
import { existsSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { buildOnce } from './build.js'

// A desk stays up for days beside other programs: there a small heap is worth more than the last bit of speed.
if (process.argv[2] === 'dev') {
  for (const flag of ['--optimize-for-size', '--max-semi-space-size=4', '--semi-space-growth-factor=1']) {
    setFlagsFromString(flag)
  }
}

const main = new URL('../dist/main.js', import.meta.url)
if (!existsSync(main)) await buildOnce({ force: false })
await import(main.href)

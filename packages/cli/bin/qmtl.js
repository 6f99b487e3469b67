#!/usr/bin/env node
// The `qmtl` command. In a fresh clone nothing is built yet: then the first call builds, once.
import { existsSync } from 'node:fs'
import { buildOnce } from './build.js'

const main = new URL('../dist/main.js', import.meta.url)
if (!existsSync(main)) await buildOnce({ force: false })
await import(main.href)

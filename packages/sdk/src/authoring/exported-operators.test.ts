import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const packages = join(import.meta.dirname, '../../..')

function namesExported(file: string, from: RegExp): ReadonlySet<string> {
  const lists = readFileSync(join(packages, file), 'utf8').matchAll(/export \{([^}]*)\} from '([^']*)'/g)
  const names = [...lists].flatMap(([, list = '', source = '']) => (from.test(source) ? list.split(',') : []))
  return new Set(names.map((name) => name.trim()).filter((name) => name !== ''))
}

test('authors reach every operator of the engine, with the types of its options', () => {
  const operators = namesExported('engine/src/index.ts', /^\.\/(operators\/|graph\/(align|resample))/)
  const reachable = namesExported('sdk/src/index.ts', /^@qmtl\/engine$/)
  expect(operators.size).toBeGreaterThan(100)
  expect([...operators].filter((name) => !reachable.has(name))).toEqual([])
})

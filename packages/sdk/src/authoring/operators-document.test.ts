import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as sdk from '../index.ts'

const root = join(import.meta.dirname, '../../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Names in the first column of the document's tables. */
function documented(): readonly string[] {
  const [current = ''] = read('docs/operators.md').split('## Names of earlier releases')
  const rows = current.split('\n').filter((line) => line.startsWith('| `'))
  return rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
}

function operators(): readonly string[] {
  const lists = read('packages/engine/src/index.ts').matchAll(
    /export \{([^}]*)\} from '\.\/(?:operators|graph\/(?:align|resample))/g,
  )
  const names = [...lists].flatMap(([, list = '']) => list.split(',').map((name) => name.trim()))
  return names.filter((name) => name !== '' && !name.startsWith('type '))
}

test('the document of the operators has each of them once and no others', () => {
  expect(documented().toSorted()).toEqual(operators().toSorted())
  expect(documented().filter((name) => !(name in sdk))).toEqual([])
})

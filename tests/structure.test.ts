import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { parse, type TSESTree } from '@typescript-eslint/typescript-estree'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** Layer of each package: an import goes to a lower layer only. */
const layers: Readonly<Record<string, number>> = {
  contracts: 0,
  market: 1,
  statistics: 1,
  'control-bus': 1,
  'service-kit': 1,
  brokerage: 2,
  engine: 3,
  'dag-manager': 4,
  'world-service': 4,
  sdk: 4,
  gateway: 5,
  integrations: 5,
  cli: 6,
}

/** Packages that do I/O anywhere; in the others only `adapters/`, `service.ts` and `main.ts` do. */
const doIo = new Set(['gateway', 'integrations', 'service-kit', 'cli'])
const bannedFileNames = /(^|-)(utils?|helpers?|common|(?<!dag-)manager|misc)(-|\.|$)/

interface SourceFile {
  readonly path: string
  readonly package: string
  readonly text: string
  readonly isTest: boolean
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}

const files: readonly SourceFile[] = Object.keys(layers)
  .flatMap((name) => walk(join(root, 'packages', name, 'src')).map((path) => ({ name, path })))
  .filter(({ path }) => path.endsWith('.ts') && !path.includes('/fixtures/'))
  .map(({ name, path }) => ({
    path: relative(root, path),
    package: name,
    text: readFileSync(path, 'utf8'),
    isTest: path.endsWith('.test.ts') || path.includes('/testing/'),
  }))

const importPattern = /^\s*(?:import|export)\b[^'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm

function importsOf(file: SourceFile): readonly string[] {
  return [...file.text.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

describe('layers', () => {
  test('every package of the workspace has a layer', () => {
    expect(readdirSync(join(root, 'packages')).toSorted()).toEqual(Object.keys(layers).toSorted())
  })

  test('packages import only packages of lower layers, by their public names', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('@qmtl/'))
        .filter((name) => {
          const [, target = '', entry, deeper] = name.split('/')
          const upward = (layers[target] ?? 99) >= (layers[file.package] ?? 0)
          return upward || deeper !== undefined || (entry !== undefined && entry !== 'testing')
        })
        .map((name) => `${file.path} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })

  test('only tests import testing entries', () => {
    const wrong = files
      .filter((file) => !file.isTest)
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => /^@qmtl\/[^/]+\/testing$/.test(name))
          .map((name) => `${file.path} imports ${name}`),
      )
    expect(wrong).toEqual([])
  })

  test('no file imports the index of its own package, and no import inside a package is a cycle', () => {
    const edges = new Map(
      files.map((file) => [
        file.path,
        importsOf(file)
          .filter((name) => name.startsWith('.'))
          .map((name) => join(dirname(file.path), name)),
      ]),
    )
    const toIndex = [...edges].flatMap(([path, targets]) =>
      targets
        .filter(
          (target) =>
            target === join('packages', path.split('/')[1] ?? '', 'src/index.ts') && !path.endsWith('.test.ts'),
        )
        .map((target) => `${path} imports ${target}`),
    )
    expect(toIndex).toEqual([])
    expect(findCycle(edges)).toEqual([])
  })

  test('what is only types is imported and exported as such, so that nothing is loaded for it', () => {
    const onlyTypes = /^(?:import|export) \{(?:\s*type \w+(?: as \w+)?,?)+\s*\} from/m
    expect(files.filter(({ text }) => onlyTypes.test(text)).map(({ path }) => path)).toEqual([])
  })

  test('pure code does no I/O and reads neither clock nor chance', () => {
    const wrong = files
      .filter((file) => !file.isTest && !doIo.has(file.package) && !mayDoIo(file))
      .flatMap((file) => {
        const calls =
          file.text.match(
            /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.[a-z]|\bconsole\.[a-z]|\bperformance\.now\(|(?<!\.)\bfetch\(/g,
          ) ?? []
        const io = importsOf(file).filter((name) => name.startsWith('node:'))
        return [...calls, ...io].map((what) => `${file.path}: ${what}`)
      })
    expect(wrong).toEqual([])
  })
})

/** The edge of a pure package; strategy loading is the SDK's own edge to the file system. */
function mayDoIo(file: SourceFile): boolean {
  const name = basename(file.path)
  return file.path.includes('/adapters/') || name === 'service.ts' || name === 'main.ts'
}

function findCycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): readonly string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return []
    done.add(path)
    for (const target of edges.get(path) ?? []) {
      const cycle = visit(target, [...trail, path])
      if (cycle.length > 0) return cycle
    }
    return []
  }
  for (const path of edges.keys()) {
    const cycle = visit(path, [])
    if (cycle.length > 0) return cycle
  }
  return []
}

describe('sizes and names', () => {
  test('a file has at most 500 lines, a test 900', () => {
    const long = files
      .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1, limit: file.isTest ? 900 : 500 }))
      .filter(({ lines, limit }) => lines > limit)
    expect(long).toEqual([])
  })

  test('a function has at most 70 lines', () => {
    const long = files.filter((file) => !file.isTest).flatMap((file) => longFunctions(file))
    expect(long).toEqual([])
  })

  test('files are kebab-case and named after a noun', () => {
    const wrong = files
      .map((file) => basename(file.path))
      .filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(name) || bannedFileNames.test(name))
    expect(wrong).toEqual([])
  })

  test('no check is switched off in the code', () => {
    const wrong = files
      .filter((file) => /@ts-(ignore|expect-error|nocheck)|eslint-disable/.test(file.text))
      .map(({ path }) => path)
    expect(wrong).toEqual([])
  })
})

function longFunctions(file: SourceFile): readonly string[] {
  const found: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node !== 'object' || node === null || !('type' in node)) return
    const { type, loc } = node as TSESTree.Node
    if (/Function/.test(type) && loc.end.line - loc.start.line + 1 > 70) {
      found.push(`${file.path}:${loc.start.line} has ${loc.end.line - loc.start.line + 1} lines`)
    }
    for (const [key, value] of Object.entries(node)) if (key !== 'loc' && key !== 'range') visit(value)
  }
  visit(parse(file.text, { loc: true, range: false }).body)
  return found
}

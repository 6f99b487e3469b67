import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import swc from '@swc/wasm-typescript'
import ts from 'typescript'
import { nodes as compiledByVitest } from '../testing/fixtures/awkward-nodes.ts'
import { canonicalTree } from './canonical-tree.ts'
import { proveCode } from './code-hash.ts'
import { parseFunction, type AnyFunction } from './function-source.ts'
import * as helpers from './window-functions.ts'

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

function hashOf(compute: AnyFunction, uses: Readonly<Record<string, AnyFunction>> = {}, version = 1): string {
  return proveCode({ subject: 'node', compute, uses, version }).codeHash
}

function treeOf(text: string): string {
  const source = parseFunction(text)
  return 'reason' in source ? source.reason : JSON.stringify(canonicalTree(source.root))
}

const fixture = fileURLToPath(new URL('../testing/fixtures/awkward-nodes.ts', import.meta.url))
const typed = readFileSync(fixture, 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'qmtl-code-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function hashesIn(file: string): Promise<Record<string, string>> {
  const module: unknown = await import(/* @vite-ignore */ pathToFileURL(file).href)
  return hashesOf(typeof module === 'object' && module !== null && 'nodes' in module ? module.nodes : {})
}

function hashesOf(nodes: unknown): Record<string, string> {
  const entries: readonly [string, unknown][] = Object.entries(typeof nodes === 'object' ? (nodes ?? {}) : {})
  return Object.fromEntries(entries.flatMap(([name, each]) => (isFunction(each) ? [[name, hashOf(each)]] : [])))
}

function written(name: string, code: string): string {
  const file = join(folder, name)
  writeFileSync(file, code)
  return file
}

function byCompiler6(target: ts.ScriptTarget): string {
  const compilerOptions = { target, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }
  return ts.transpileModule(typed, { compilerOptions }).outputText
}

function byCompiler7(target: string): string {
  const bin = fileURLToPath(new URL('../../../../node_modules/ts7/bin/tsc', import.meta.url))
  const outDir = join(folder, target)
  const options = ['--target', target, '--module', 'esnext', '--outDir', outDir, '--noCheck', '--ignoreConfig']
  execFileSync(process.execPath, [bin, fixture, ...options])
  return readFileSync(join(outDir, 'awkward-nodes.js'), 'utf8')
}

describe('awkward code has one id, whoever erased its types', () => {
  const stripped = swc.transformSync(typed, { mode: 'strip-only', module: true }).code

  test.each([
    ['tsc 6 for ES2023', () => byCompiler6(ts.ScriptTarget.ES2023)],
    ['tsc 6 for ESNext', () => byCompiler6(ts.ScriptTarget.ESNext)],
    ['tsc 7 for ES2023', () => byCompiler7('es2023')],
    ['tsc 7 for ESNext', () => byCompiler7('esnext')],
  ])('%s', async (name, compile) => {
    const expected = await hashesIn(written('stripped.mjs', stripped))
    expect(Object.keys(expected)).toHaveLength(Object.keys(compiledByVitest).length)
    expect(await hashesIn(written(`${name.replaceAll(' ', '-')}.mjs`, compile()))).toEqual(expected)
  })

  test('the ids are these, on every machine and every Node', async () => {
    expect(await hashesIn(written('golden.mjs', stripped))).toMatchSnapshot()
  })
})

describe('what changes a function changes its id', () => {
  test.each([
    ['an operator', '(a) => a + 1', '(a) => a - 1'],
    ['a number', '(a) => a + 1', '(a) => a + 2'],
    ['a text', "(a) => 'x'", "(a) => 'X'"],
    ['a number and its text', '(a) => 1', "(a) => '1'"],
    ['a number and a bigint', '() => 1', '() => 1n'],
    ['the sign of zero', '() => 0', '() => -0'],
    ['the flags of a pattern', '(a) => /x/g.test(a)', '(a) => /x/.test(a)'],
    ['the spelling a tag sees', '() => String.raw`\\x41`', '() => String.raw`A`'],
    ['what a tag cannot read', '() => String.raw`\\u`', '() => String.raw`\\x`'],
    ['parentheses around a chain', '(a) => (a?.b).c', '(a) => a?.b.c'],
    ['order of operands', '(a, b) => a - b', '(a, b) => b - a'],
    ['grouping', '(a) => (a - 1) - 2', '(a) => a - (1 - 2)'],
    ['a prefix and a suffix', '(a) => a++', '(a) => ++a'],
    ['const and var', '() => { const a = 1; return a }', '() => { var a = 1; return a }'],
    ['a hole', '() => [, 1]', '() => [1]'],
    ['a value and no value', '(a) => { a }', '(a) => a'],
    ['an empty loop', '(a) => { while (a > 0) ; a++ }', '(a) => { while (a > 0) a++ }'],
    ['a lone surrogate', "() => '\\ud800'", "() => '\\ud801'"],
    ['a text that looks escaped', "() => '\\\\ud800'", "() => '\\ud800'"],
    ['null and its text', '() => null', "() => 'null'"],
    ['an infinite number and its name', '() => 1e400', '() => Infinity'],
    ['optional and plain', '(a) => a?.b', '(a) => a.b'],
    ['a label', '() => { a: for (;;) break a }', '() => { a: for (;;) break }'],
  ])('%s', (_, one, other) => expect(treeOf(one)).not.toBe(treeOf(other)))

  test('helpers by name and version, and closed functions by their code', () => {
    const compute = ({ x }: { x: number[] }, _: object, { f }: { f: (v: number[]) => number }) => f(x)
    const ids = [
      hashOf(compute, { f: helpers.mean }),
      hashOf(compute, { f: helpers.sum }),
      hashOf(compute, { f: (v: number[]) => v.length }),
      hashOf(compute, { f: (v: number[]) => v.length + 1 }),
      hashOf(compute, { g: helpers.mean }),
      hashOf(compute, { f: helpers.mean }, 2),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('what does not change a function does not change its id', () => {
  test.each([
    ['comments and blanks', '(a)=>a+1', '( /* the value */ a ) =>\n  // one more\n  a   + 1'],
    ['parentheses', '(a, b) => a + b * 2', '(a, b) => ((a) + ((b) * (2)))'],
    ['the base of a number', '() => 1000', '() => 0x3e8'],
    ['separators', '() => 1000', '() => 1_0_0_0'],
    ['quotes and escapes', "() => 'a\\'b'", '() => "a\\x27b"'],
    ['the base of a bigint', '() => 255n', '() => 0xffn'],
    ['escapes of a template', '() => `a\\n`', '() => `a\n`'],
    ['semicolons', '(a) => { const b = a; return b }', '(a) => {\n const b = a\n;;return b\n}'],
    // All code here is strict, where a directive says nothing; tsc turns the second form into the first.
    ['a directive and a text', "(a) => { 'use strict'; return a }", "(a) => { ('use strict'); return a }"],
    ['the name of a method', 'compute(a) { return a }', 'other(a) { return a }'],
    ['a method and a function', 'compute(a) { return a }', 'function (a) { return a }'],
    ['escapes of a name', '(ab) => ab', '(\\u0061b) => ab'],
  ])('%s', (_, one, other) => expect(treeOf(other)).toBe(treeOf(one)))
})

const expressions = fc.letrec((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', '1', '2.5', "'t'", 'NaN'),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('+', '-', '*', '/', '%', '<', '===', '&&', '??='.slice(0, 2)),
        tie('expression'),
      )
      .map(([left, operator, right]) => `(${String(left)} ${operator} ${String(right)})`),
    fc
      .tuple(fc.constantFrom('-', '!', '+', 'typeof '), tie('expression'))
      .map(([operator, of]) => `${operator}(${String(of)})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([test, yes, no]) => `(${String(test)} ? ${String(yes)} : ${String(no)})`),
  ),
}))

/** The same tokens with other blanks, comments and doubled parentheses between them. */
function respelled(code: string, seeds: readonly number[]): string {
  const tokens = code.split(/(?<=[()[\],])|(?=[()[\],])/)
  const fillers = ['', ' ', '\n', ' /* ) */ ', ' // (\n']
  const filled = tokens.map(
    (token, index) => `${token}${fillers[(seeds[index % seeds.length] ?? 0) % fillers.length] ?? ''}`,
  )
  return filled.join('')
}

test('blanks, comments and parentheses never change a tree', () => {
  const seeds = fc.array(fc.nat(), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(expressions.expression, seeds, (plain, fillers) => {
      const tree = treeOf(`(a, b) => (${plain})`)
      expect(tree).toContain('ArrowFunctionExpression')
      expect(treeOf(`(a, b) => ${respelled(`((${plain}))`, fillers)}`)).toBe(tree)
    }),
  )
})

test('another operator, name or literal anywhere changes the tree', () => {
  const replacements = ['a', 'b', '1', '2.5', "'t'", '+', '*', '<']
  fc.assert(
    fc.property(expressions.expression, fc.nat(), fc.constantFrom(...replacements), (plain, seed, replacement) => {
      const isOperator = /[+*<]/.test(replacement)
      const places = [...plain.matchAll(isOperator ? /(?<= )[-+*/%<](?= )/g : /\b(?:a|b|1|2\.5)\b|'t'/g)]
      const place = places[seed % Math.max(1, places.length)]
      fc.pre(place !== undefined && place[0] !== replacement)
      const { index, 0: old } = place
      const changed = `${plain.slice(0, index)}${replacement}${plain.slice(index + old.length)}`
      expect(treeOf(`(a, b) => (${changed})`)).not.toBe(treeOf(`(a, b) => (${plain})`))
    }),
  )
})

test.each(Object.entries(helpers).flatMap(([name, each]) => (isFunction(each) ? [[name, each] as const] : [])))(
  'the code of helper %s changes only with its version',
  (name, helper) => {
    const identity = helpers.helperIdentity(helper)
    if (identity === undefined) return expect(name).toBe('helperIdentity')
    return expect({ ...identity, code: hashOf(helper) }).toMatchSnapshot()
  },
)

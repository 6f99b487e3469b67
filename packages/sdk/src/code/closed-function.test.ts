import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { closureProblems } from './closed-function.ts'
import { parseFunction, readFunction } from './function-source.ts'

function problemsOf(text: string): readonly string[] {
  const source = parseFunction(text)
  if ('reason' in source) return [source.reason]
  return closureProblems(source, 2).map(({ line, message }) => `${line}: ${message}`)
}

const accepted: readonly [string, string][] = [
  [
    'the z-score of the design',
    `compute({ x }, { window }, { mean, standardDeviation }) {
      const w = x.last(window)
      return (x.at(0) - mean(w)) / standardDeviation(w)
    }`,
  ],
  ['an arrow', '({ x }) => x.at(0) * 2'],
  ['a function expression', 'function ({ x }) { return x.at(0) }'],
  ['a function that calls itself', 'function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) }'],
  ['a method named like a keyword', 'get({ x }) { return x.at(0) }'],
  ['a method named async', 'async({ x }) { return x.at(0) }'],
  ['a method with a computed name', '[somewhere.name]({ x }) { return x.at(0) }'],
  ['helpers taken as a whole', '({ x }, { window }, helpers) => helpers.mean(x.last(window))'],
  ['a default and a rest', '({ x }, { window = 3, ...rest }) => x.at(window) + rest.offset'],
  [
    'pure globals',
    '({ x }) => Math.max(Number(x.at(0)), Number.EPSILON, parseInt("1", 10)) + (isNaN(NaN) ? 0 : Infinity)',
  ],
  ['a local that shadows a global', '({ x }) => { const Date = x.at(0); return Date }'],
  [
    'callbacks of built-ins',
    '({ x }) => x.last(3).map((v, i) => v * i).filter((v) => v > 0).reduce((a, b) => a + b, 0)',
  ],
  [
    'local functions',
    '({ x }) => { const half = (v) => v / 2; function twice(v) { return v * 2 } return half(x.at(0)) + twice(1) }',
  ],
  ['a local function as a callback', '({ x }) => { const half = (v) => v / 2; return x.last(3).map(half)[0] }'],
  ['a helper as a callback', '({ x }, p, { scaled }) => x.last(3).map(scaled)[0]'],
  ['an immediately called function', '({ x }) => (() => x.at(0))()'],
  [
    'positions of a loop',
    '({ x }) => { const w = x.last(3); let s = 0; for (let i = 0; i < w.length; i++) s += w[i] * w[i - 1]; return s }',
  ],
  [
    'positions counting down',
    '({ x }) => { const w = x.last(3); let i = w.length - 1; while (i > 0) { i -= 1; w[i] = 0 } return w[0] }',
  ],
  [
    'the index of a callback as a position',
    '({ x, y }) => { const b = y.last(3); return x.last(3).map((v, i) => v - b[i])[0] }',
  ],
  [
    'the index of Array.from',
    '({ x }) => { const w = x.last(3); return Array.from({ length: 3 }, (_, i) => w[i])[0] }',
  ],
  ['an unsure position with a plus', '({ x }, { lag }) => x.last(9)[+lag]'],
  [
    'own objects and maps',
    '({ x }) => { const o = { sum: 0 }; o.sum += x.at(0); const m = new Map([[1, 2]]); m.set(3, 4); return o.sum + m.size }',
  ],
  [
    'own arrays',
    '({ x }) => { const out = new Float64Array(3); out[0] = x.at(0); const list = []; list.length = 0; return out[0] }',
  ],
  [
    'positions of every kind in what others made',
    '({ x }, { lag }) => { const w = x.last(9); const m = [[0, 1]]; let k = 2; k -= lag; w[k] = 0; w[+lag] = 0; w[w.length - 1] = 0; w[-k] = 0; for (let i = 0; i < 2; i++) { m[0][i] += w[i]; m[0][k > 0 ? i : k] = 1 } return m[0][1] }',
  ],
  ['destructuring', '({ x }) => { const [a, , b = 2] = x.last(3); let c; ({ c } = { c: a }); return b + c }'],
  [
    'control flow',
    '({ x }) => { outer: for (const v of x.last(3)) { switch (v) { case 1: continue outer; default: break outer } } do { break } while (true); return 0 }',
  ],
  [
    'regular expressions, templates and bigints',
    '({ x }) => Number(/1/g.test(`${x.at(0)}`)) + Number(2n ** 3n) + String.raw`\\a`.length',
  ],
  ['optional chaining', '({ x }) => x?.last(3)?.[0] ?? NaN'],
  ['counting down to zero', '({ x }) => { let n = 3; while (n --> 0) x.at(n); return n }'],
  ['throwing', '({ x }) => { if (x.at(0) < 0) throw new RangeError(`below zero: ${x.at(0)}`); return 1 }'],
  ['nested methods of helpers in an expression', '({ x }, p, { mean: average }) => average(x.last(2))'],
]

describe('a closed function may use', () => {
  test.each(accepted)('%s', (_, text) => expect(problemsOf(text)).toEqual([]))
})

const refused: readonly [string, string, string | RegExp][] = [
  ['a captured variable', '({ x }) => {\n  return x.at(0) > threshold\n}', "2: 'threshold' is a free variable"],
  ['a clock', '() => Date.now()', "'Date' is refused: it reads the clock"],
  ['a clock by new', '() => new Date().getTime()', "'Date' is refused"],
  ['another clock', '() => performance.now()', "'performance' is refused"],
  ['chance', '() => Math.random()', "'Math.random' is refused: it reads chance"],
  ['chance by a text', "() => Math['random']()", "'Math' may only be used in place"],
  ['an alias of Math', '() => { const m = Math; return m.random() }', "'Math' may only be used in place"],
  ['Math by destructuring', '() => { const { random } = Math; return random() }', "'Math' may only be used in place"],
  ['an alias of a built-in function', '() => { const f = Math.max; return f(1, 2) }', "'Math.max' may only be called"],
  ['a built-in as a callback', '({ x }) => x.last(2).map(Number)', "'Number' may only be used in place"],
  ['the locale', '({ x }) => x.at(0).toLocaleString().length', "'.toLocaleString' is refused"],
  ['the locale of texts', "() => 'a'.localeCompare('b')", "'.localeCompare' is refused"],
  ['Unicode tables', "() => 'a'.normalize().length", "'.normalize' is refused"],
  ['Intl', '() => new Intl.NumberFormat().format(1)', "'Intl' is refused"],
  ['globalThis', '() => globalThis.x', "'globalThis' is refused"],
  ['eval', "() => eval('1')", "'eval' is refused"],
  ['Function', "() => Function('return 1')()", "'Function' is refused"],
  ['the way to Function', "() => [].constructor.constructor('return 1')()", "'.constructor' is refused"],
  [
    'the way to Function by a text',
    "() => []['constructor']['constructor']('return 1')()",
    "'.constructor' is refused",
  ],
  ['the way to Function by a template', '() => []["const" + "ructor"]', 'could spell the name of any member'],
  ['the way to Function by a variable', "() => { const k = 'constructor'; return [][k] }", 'could spell the name'],
  [
    'the way to Function by a key that changes',
    "() => { let k = 0; k = 'constructor'; return [][k] }",
    'could spell the name',
  ],
  ['the way to Function by a sum', "() => { let k = 0; k += 'constructor'; return [][k] }", 'could spell the name'],
  ['the way to Function by a loop', "() => { for (const k of ['constructor']) return [][k] }", 'could spell the name'],
  [
    'the way to Function by a pattern',
    '() => { const { constructor } = []; return constructor }',
    "'.constructor' is refused",
  ],
  [
    'the way to Function by a pattern with a text',
    "() => { const { ['constructor']: c } = []; return c }",
    "'.constructor' is refused",
  ],
  [
    'the way to Function by a map key',
    "() => new Map([['constructor', 1]]).forEach((v, k) => [][k])",
    'could spell the name',
  ],
  [
    'the way to Function by the index of a callback that calls itself',
    "({ x }) => x.last(1).map(function again(v, i) { return i === 0 ? again(v, 'constructor') : [][i][i]('return 1')() })[0]",
    'could spell the name',
  ],
  ['prototypes', '() => { const o = { __proto__: [] }; return o }', "'.__proto__' is refused"],
  ['a changed prototype', '() => { Array.prototype.extra = 1; return 1 }', "'Array.prototype' is refused"],
  ['a written built-in', '() => { Math.extra = 1; return 1 }', "'Math.extra' is refused"],
  ['an assigned built-in', '() => { NaN = 1; return 1 }', "'NaN' belongs to the whole process"],
  ['an assigned free variable', '() => { count = 1; return 1 }', "'count' is a free variable"],
  [
    'a method as a value',
    '() => { const m = [].map; m.count = 1; return 1 }',
    "'.map' is the name of a built-in method",
  ],
  ['a method from a pattern', '() => { const { map } = []; return map }', "'map' is the name of a built-in method"],
  ['memory on a view', '({ x }) => { x.count = 1; return x.count }', 'a named member may only be written'],
  [
    'memory on the values of a view',
    '({ x }) => { const w = x.last(3); w.count = 1; return 1 }',
    'a named member may only be written',
  ],
  [
    'memory on the values of a view under no position',
    '({ x }) => { const w = x.last(3); w[undefined] = 1; return 1 }',
    'may be no position',
  ],
  [
    'memory under a position that is not set',
    '({ x }) => { const w = x.last(3); let at; w[at] = 1; return 1 }',
    'may be no position',
  ],
  [
    'memory under a position that is not set yet',
    '({ x }) => { const w = x.last(3); w[at] = 1; var at = 1; return 1 }',
    'may be no position',
  ],
  [
    'memory under a bigint that no position reaches',
    '({ x }) => { const w = x.last(3); w[10n ** 30n] = 1; return 1 }',
    'a named member may only be written',
  ],
  [
    'memory under a counter that is a bigint',
    '({ x }) => { const w = x.last(3); let at = 10n ** 30n - 1n; at++; w[at] = 1; return 1 }',
    'may be no position',
  ],
  ['memory on parameters', '(inputs, params) => { params.count = 1; return 1 }', 'a named member may only be written'],
  [
    'memory in a pattern',
    '({ x }) => { const w = x.last(3); [w.count] = [1]; return 1 }',
    'a named member may only be written',
  ],
  [
    'memory in an object that was exchanged',
    '({ x }) => { let o = {}; o = x; o.count = 1; return 1 }',
    'a named member may only be written',
  ],
  ['a deleted member', '({ x }) => { delete x.at; return 1 }', "'.at' is the name of a built-in method"],
  ['memory on the function', 'function f() { f.count = 1; return 1 }', "'f': a function may be declared"],
  ['its own name', 'function f() { return f.name.length }', "'f': a function may be declared"],
  ['its own text', 'function f() { return `${f}`.length }', "'f': a function may be declared"],
  ['the text of a callback', '() => String(() => 1).length', 'a function may be declared'],
  ['the text of a helper', '({ x }, p, { mean }) => `${mean}`.length', "'mean': a function may be declared"],
  ['the text of helpers', '({ x }, p, helpers) => `${helpers.mean}`.length', "'helpers' holds helpers"],
  ['helpers by a rest', '({ x }, p, { ...all }) => all.mean(1)', 'take each helper by its name'],
  [
    'helpers by a rest of all arguments',
    '(...all) => `${all[2].mean}`.length',
    'a rest parameter would hold the helpers',
  ],
  [
    'helpers by a rest of the later arguments',
    '(x, ...rest) => rest[1].mean.length',
    'a rest parameter would hold the',
  ],
  ['a function as a value', '() => { const o = { f: () => 1 }; return o.f() }', 'a function may be declared'],
  ['a function as a default', '(a, b = () => 1) => b + ""', 'a function may be declared'],
  [
    'a function through reduce',
    '() => { const f = () => 1; return [].reduce((a) => a, f) }',
    "'f': a function may be declared",
  ],
  ['call and apply', '({ x }) => x.at.call(x, 0)', "'.call' is refused"],
  ['this', 'function () { return this }', '`this` is not an argument'],
  ['arguments', 'function () { return arguments.length }', '`arguments` is refused'],
  ['new.target', 'function () { return new.target }', '`new.target`'],
  ['async', 'async () => 1', '`async` functions'],
  ['an async method', 'async compute() { return 1 }', '`async` functions'],
  ['a generator', 'function* () { yield 1 }', 'generators are refused'],
  ['a generator method', '*compute() { yield 1 }', 'generators are refused'],
  ['an inner generator', '() => { function* g() { yield 1 } return g() }', 'generators are refused'],
  ['import()', "() => import('node:fs')", '`import()` reaches outside'],
  ['import.meta', '() => import.meta.url', '`new.target` and `import.meta`'],
  ['a class', '() => { class A {} return 1 }', 'classes are refused'],
  ['new of an own function', '() => { function A() {} return new A() }', '`new` takes a built-in'],
  ['super', 'compute() { return super.x }', '`super` is not an argument'],
  ['a getter', 'get x() { return 1 }', 'it is a getter or setter'],
  ['a getter inside', '() => ({ get x() { return 1 } })', 'getters and setters are refused'],
  ['try', '() => { try { return 1 } catch { return 2 } }', 'what `try` catches'],
  ['for in', '({ x }) => { for (const k in x) return 1 }', '`for … in`'],
  ['debugger', '() => { debugger }', '`debugger`'],
  ['memory beyond the window', '({ x }) => new Float64Array(x.last(1).buffer).length', "'.buffer' is refused"],
  ['a symbol', '({ x }) => x[Symbol.iterator]', 'could spell the name'],
  ['JSON', "() => JSON.parse('1')", "'JSON' is refused"],
  ['a promise', '() => Promise.resolve(1)', "'Promise' is refused"],
  [
    'what esbuild writes',
    '() => { const f = __name(() => 1, "f"); return f() }',
    'esbuild or tsx rewrote the function',
  ],
  ['what CommonJS writes', '({ x }) => (0, sdk_1.mean)(x.last(2))', "'sdk_1' is a free variable"],
  [
    'what a test runner writes',
    '({ x }) => __vi_import_0__.mean(x.last(2))',
    'is an import, as a test runner writes it',
  ],
  ['what coverage writes', '() => { cov_abc().s[0]++; return 1 }', 'coverage tool'],
  ['code of a newer language', '() => { using a = 1; return a }', 'not a function of ES2024'],
  ['what a script takes for a comment', '(a, b) => {\n  return a <!--b\n}', 'it holds `<!--`'],
  ['what a script takes for a comment at the start of a line', '(a) => {\n  a\n  --> 0\n}', 'a line with `-->`'],
  ['sloppy code', '() => 010', 'not a function of ES2024'],
]

describe('a closed function is refused for', () => {
  test.each(refused)('%s', (_, text, reason) => {
    const problems = problemsOf(text)
    expect(problems.join('\n')).toMatch(reason instanceof RegExp ? reason : new RegExp(escape(reason)))
  })
})

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

const sloppyFunction: unknown = createRequire(import.meta.url)('../testing/fixtures/sloppy-function.cjs')

const unreadable: readonly [string, () => unknown][] = [
  ['a native function', () => Math.max],
  ['a bound function', () => (() => 1).bind(undefined)],
  ['a proxy of a function', () => new Proxy(() => 1, {})],
  ['a class', () => Map],
  ['a sloppy function', () => sloppyFunction],
]

test.each(unreadable)('%s cannot be read', (_, make) => {
  const subject = make()
  expect(isFunction(subject) && readFunction(subject)).toHaveProperty('reason')
})

test('every reason is named with its line', () => {
  expect(problemsOf('({ x }) => {\n  const a = limit\n  return Date.now() + a\n}')).toEqual([
    expect.stringMatching(/^2: 'limit'/),
    expect.stringMatching(/^3: 'Date'/),
  ])
})

function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function'
}

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import ts from 'typescript'
import committed from './kernel-hashes.json' with { type: 'json' }

const folder = new URL('./', import.meta.url)
// What every operator shares is no part of any kernel.
const frame = ['define-operator.ts', 'window-parameter.ts']

/** The code of a file without types, comments and layout: a reworded comment changes no result. */
function codeOf(file: string): string {
  const source = readFileSync(new URL(file, folder), 'utf8')
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, removeComments: true }
  return ts.transpileModule(source, { compilerOptions }).outputText.replaceAll(/\s+/g, ' ')
}

/** A kernel's code is its file and the files of this folder that it imports. */
function kernelHash(file: string): string {
  const code = codeOf(file)
  const imports = [...code.matchAll(/from '\.\/([\w-]+\.ts)'/g)]
    .map(([, name]) => name ?? '')
    .filter((name) => !frame.includes(name))
  return createHash('sha256')
    .update([code, ...imports.sort().map(codeOf)].join('\n'))
    .digest('hex')
}

interface Kernel {
  readonly file: string
  /** `name@version` as the file declares them. */
  readonly key: string
}

const kernels: readonly Kernel[] = readdirSync(fileURLToPath(folder))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !frame.includes(file))
  .flatMap((file) => {
    const [, name, version] = /\bname: '(\w+)', version: (\d+),/.exec(codeOf(file)) ?? []
    return name === undefined || version === undefined ? [] : [{ file, key: `${name}@${version}` }]
  })

const hashes: Readonly<Record<string, string>> = committed

test('every built-in kernel has a committed hash', () => {
  const nameOf = (key: string): string => key.replace(/@.*/, '')
  expect(new Set(Object.keys(hashes).map(nameOf))).toEqual(new Set(kernels.map(({ key }) => nameOf(key))))
})

for (const { file, key } of kernels) {
  test(`the kernel in ${file} is the one that its version stands for`, () => {
    // A changed kernel gets a new version and a new line; older lines stay, so that no version is used twice.
    const advice = `raise the version in ${file}, then add its line to kernel-hashes.json`
    expect(`${key} ${kernelHash(file)}`, advice).toBe(`${key} ${hashes[key] ?? 'has no line'}`)
  })
}

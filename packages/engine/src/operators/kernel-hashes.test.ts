import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import ts from 'typescript'
import committed from './kernel-hashes.json' with { type: 'json' }

const folder = import.meta.dirname
// What every operator shares is no part of any kernel.
const frame = ['define-operator.ts', 'window-parameter.ts'].map((file) => join(folder, file))

/** The top-level declarations of a file, without types and comments, and where its imported names come from. */
interface KernelFile {
  readonly source: ts.SourceFile
  readonly declarations: ReadonlyMap<string, ts.Node>
  readonly imports: ReadonlyMap<string, string>
}

function read(path: string): KernelFile {
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, removeComments: true }
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), { compilerOptions })
  const source = ts.createSourceFile(path, outputText, ts.ScriptTarget.ES2023, true, ts.ScriptKind.JS)
  const declarations = new Map<string, ts.Node>()
  const imports = new Map<string, string>()
  for (const statement of source.statements) {
    if (ts.isFunctionDeclaration(statement)) declarations.set(statement.name?.text ?? '', statement)
    if (ts.isVariableStatement(statement)) {
      for (const each of statement.declarationList.declarations) declarations.set(each.name.getText(), each)
    }
    if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const target = join(dirname(path), statement.moduleSpecifier.text)
      const bindings = statement.importClause?.namedBindings
      if (bindings !== undefined && ts.isNamedImports(bindings) && target.startsWith(folder))
        for (const { name } of bindings.elements) imports.set(name.text, target)
    }
  }
  return { source, declarations, imports }
}

const files = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(folder, file))
    .filter((path) => !frame.includes(path))
    .map((path) => [path, read(path)]),
)

/** A declaration without its own name, and every declaration of this folder that it reaches, whatever files they stand in. */
function codeOf(path: string, declaration: ts.Node, found = new Map<ts.Node, string>()): ReadonlyMap<ts.Node, string> {
  const isKernel = found.size === 0 && ts.isVariableDeclaration(declaration)
  const text = isKernel ? declaration.initializer?.getText() : declaration.getText()
  found.set(declaration, (text ?? '').replaceAll(/\s+/g, ' ').replaceAll(/, ?([)\]}])/g, '$1'))
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const from =
        files.get(path)?.declarations.has(node.text) === true ? path : files.get(path)?.imports.get(node.text)
      const target = files.get(from ?? '')?.declarations.get(node.text)
      if (from !== undefined && target !== undefined && !found.has(target)) codeOf(from, target, found)
    }
    ts.forEachChild(node, visit)
  }
  visit(declaration)
  return found
}

function kernelHash(path: string, declaration: ts.Node): string {
  return createHash('sha256')
    .update([...codeOf(path, declaration).values()].sort().join('\n'))
    .digest('hex')
}

interface Kernel {
  readonly path: string
  readonly declaration: ts.Node
  /** `name@version` as the kernel declares them. */
  readonly key: string
}

const kernels: readonly Kernel[] = [...files].flatMap(([path, { declarations }]) =>
  [...declarations.values()].flatMap((declaration) => {
    if (!ts.isVariableDeclaration(declaration)) return []
    const [, name, version] = /\bname: '(\w+)',\s+version: (\d+),/.exec(declaration.getText()) ?? []
    return name === undefined || version === undefined ? [] : [{ path, declaration, key: `${name}@${version}` }]
  }),
)

const hashes: Readonly<Record<string, string>> = committed
const nameOf = (key: string): string => key.replace(/@.*/, '')

test('every built-in kernel has a committed hash, and a name of its own', () => {
  expect(new Set(Object.keys(hashes).map(nameOf))).toEqual(new Set(kernels.map(({ key }) => nameOf(key))))
  expect(kernels.map(({ key }) => nameOf(key)).filter((name, index, names) => names.indexOf(name) < index)).toEqual([])
})

for (const { path, declaration, key } of kernels) {
  test(`the kernel ${nameOf(key)} is the one that its version stands for`, () => {
    // A changed kernel gets a new version and a new line; older lines stay, so that no version is used twice.
    const hash = kernelHash(path, declaration)
    const file = path.slice(folder.length + 1)
    const advice = `raise the version in ${file}, then add its line to kernel-hashes.json: "${key}": "${hash}"`
    expect(hash, advice).toBe(hashes[key])
  })
}

import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of a new folder; the path has forward slashes and is relative to the folder. */
export interface NewFile {
  readonly path: string
  readonly content: string
}

// Seen from `dist/init` and from `src/init` alike.
const templates = fileURLToPath(new URL('../../templates/desk/', import.meta.url))
const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url))

/** The examples that a new desk starts with: two that share most of what they compute, and one that its world refuses. */
const sampleStrategies = ['golden-cross.ts', 'trend-rsi.ts', 'fast-flip.ts']

/** npm leaves files of this name out of packages. */
const storedNames: Readonly<Record<string, string>> = { gitignore: '.gitignore' }

/** The files of a new desk, sorted by path. */
export async function deskFiles(): Promise<readonly NewFile[]> {
  const entries = await readdir(templates, { recursive: true, withFileTypes: true })
  const files: NewFile[] = [{ path: 'tsconfig.json', content: editorSettings() }]
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name)
    const stored = file.slice(templates.length).split(sep).join('/')
    files.push({ path: storedNames[stored] ?? stored, content: await readFile(file, 'utf8') })
  }
  for (const name of sampleStrategies) {
    files.push({ path: `strategies/${name}`, content: await readFile(join(examples, name), 'utf8') })
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** For editors only: loading a strategy erases types and resolves `@qmtl/*` to the running copy by itself. */
function editorSettings(): string {
  const types = fileURLToPath(import.meta.resolve('@qmtl/sdk')).replace(/\.js$/, '.d.ts')
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023'],
    types: [],
    module: 'esnext',
    moduleResolution: 'bundler',
    moduleDetection: 'force',
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { '@qmtl/sdk': [types] },
  }
  return `${JSON.stringify({ compilerOptions, include: ['strategies'] }, null, 2)}\n`
}

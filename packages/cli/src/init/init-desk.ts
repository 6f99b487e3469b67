import { relative, resolve } from 'node:path'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { Misuse } from '../command/misuse.ts'
import type { Style } from '../output/style.ts'
import { deskFiles } from './desk-files.ts'
import { writeNewFolder } from './write-new-folder.ts'

/** Makes a folder of plain files that `qmtl dev` can run, without network and install. Asks for its name on a terminal only. */
export async function initDesk(dir: string | undefined, context: CommandContext): Promise<CommandResult> {
  const name = dir ?? (await askName(context))
  if (name === undefined) return { json: { canceled: true }, text: () => 'canceled; nothing was made', exitCode: 130 }
  const directory = resolve(context.cwd, name)
  const files = await deskFiles()
  await writeNewFolder(directory, files)
  const next = nextSteps(relative(context.cwd, directory), context.env)
  const paths = files.map(({ path }) => path)
  return {
    json: { directory, files: paths, next: next.map(({ command }) => command) },
    text: (style) => initText(directory, paths, { next, style }),
  }
}

async function askName({ canAsk, isJson }: CommandContext): Promise<string | undefined> {
  if (!canAsk || isJson) throw new Misuse('<dir>', '', 'is needed: qmtl init my-desk')
  const { isCancel, text } = await import('@clack/prompts')
  const answer = await text({ message: 'Name of the new folder', initialValue: 'desk', validate: checkName })
  return isCancel(answer) ? undefined : answer
}

function checkName(name: string | undefined): string | undefined {
  return name === undefined || name.trim() === '' ? 'a name is needed' : undefined
}

interface Step {
  readonly command: string
  readonly why: string
}

function nextSteps(folder: string, env: CommandContext['env']): readonly Step[] {
  // Called through npx, a bare `qmtl` would not be found.
  const qmtl = env['npm_command'] === 'exec' ? 'npx qmtl' : 'qmtl'
  return [
    ...(folder === '' ? [] : [{ command: `cd ${folder}`, why: '' }]),
    { command: `${qmtl} backtest strategies/golden-cross.ts`, why: 'a first strategy, measured' },
    { command: `${qmtl} dev`, why: 'the desk: judges strategies, trades on paper' },
  ]
}

function initText(
  directory: string,
  paths: readonly string[],
  { next, style }: { readonly next: readonly Step[]; readonly style: Style },
): string {
  const width = Math.max(...next.map(({ command }) => command.length))
  return [
    `${style.good('made')} ${style.bold(directory)}`,
    ...paths.map((path) => style.dim(`  ${path}`)),
    '',
    'next',
    ...next.map(({ command, why }) => `  ${command.padEnd(width)}  ${style.dim(why)}`.trimEnd()),
  ].join('\n')
}

import { verifyBars, type StoredFault } from '@qmtl/market'
import type { CommandContext, CommandResult } from '../command/context.ts'
import { counted } from '../output/numbers.ts'
import type { Style } from '../output/style.ts'
import { wrapText } from '../output/wrap-text.ts'
import { chooseStored, openDataStore, storedName, type StoredChoice } from './data-store.ts'
import { createProgress } from './progress.ts'

interface CheckedBars {
  readonly instrument: string
  readonly interval: string
  readonly rows: number
  readonly fingerprint: string
  /** The first 50. */
  readonly faults: readonly StoredFault[]
}

/** Recomputes what the store says of its bars; exit 1 where anything is wrong. */
export async function verifyData(
  { store: folder, ...choice }: StoredChoice & { readonly store: string },
  context: CommandContext,
): Promise<CommandResult> {
  const store = openDataStore(context, folder)
  const chosen = await chooseStored(store, choice, context)
  const progress = createProgress('verify', context.stderr)
  const checked: CheckedBars[] = []
  for (const stored of chosen) {
    progress.report(checked.length / chosen.length, storedName(stored))
    const { instrument, interval, rows, fingerprint } = stored
    const faults = await verifyBars(store, stored, { signal: context.signal })
    checked.push({ instrument, interval, rows, fingerprint, faults })
  }
  progress.end()
  const isSound = checked.every(({ faults }) => faults.length === 0)
  return {
    json: { store: folder, is_sound: isSound, checked },
    text: (style) =>
      checked.length === 0
        ? `the store ${folder} is empty`
        : checked.map((bars) => checkedText(bars, style)).join('\n'),
    exitCode: isSound ? 0 : 1,
  }
}

function checkedText({ instrument, interval, rows, faults }: CheckedBars, style: Style): string {
  const name = `${style.bold(`${instrument} ${interval}`)}  ${counted(rows, 'bar')}`
  if (faults.length === 0) return `${name}  ${style.good('sound')}`
  const lines = faults.map(({ place, message }) =>
    wrapText(`${place} ${message}`, { width: style.width, lead: `  ${style.bad('✗')} ` }),
  )
  return [`${name}  ${style.bad('damaged')}`, ...lines, '  do: import the bars again with --replace'].join('\n')
}

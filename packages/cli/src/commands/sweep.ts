import { dataFile, instantText } from '../backtest/readers.ts'
import { defineCommand } from '../command/define-command.ts'
import {
  anyText,
  decimalBetween,
  defaulted,
  oneOf,
  optional,
  repeated,
  toggle,
  wholeBetween,
} from '../command/options.ts'
import { storeOption } from '../data/store-option.ts'
import { parameterAxis } from '../sweep/axis-reader.ts'

const mostCash = 1e15
const metrics = ['sharpe', 'sortino', 'calmar', 'omega', 'total_return', 'cagr', 'profit_factor'] as const

export const sweepCommand = defineCommand({
  name: 'sweep',
  summary: 'try many parameters of a strategy over the same bars',
  args: [{ name: '<file>', doc: 'strategy file, such as strategies/golden-cross.ts' }],
  options: {
    params: repeated(
      '-p, --param <NAME=FROM..TO:STEP>',
      'values to try, also as NAME=A,B,C; repeat per parameter, all combinations are tried',
      parameterAxis,
    ),
    metric: defaulted('-m, --metric <NAME>', `what is maximised: ${metrics.join(', ')}`, 'sharpe', oneOf(metrics)),
    top: defaulted('--top <N>', 'how many of the best are shown', '10', wholeBetween(1, 1000)),
    walkForward: optional(
      '-w, --walk-forward <N>',
      'also choose on N stretches and trade each choice on the next one',
      wholeBetween(1, 1000),
    ),
    training: defaulted(
      '--training <SPAN>',
      'what a choice of the walk forward sees: rolling (the stretch before) or anchored (all before)',
      'rolling',
      oneOf(['rolling', 'anchored']),
    ),
    threads: optional('--threads <N>', 'threads to share the work; default: one per core', wholeBetween(1, 256)),
    cache: optional(
      '--cache <DIR>',
      'folder of computed nodes, which later searches over the same bars reuse',
      anyText,
    ),
    data: repeated('-d, --data <[ID=]FILE>', 'CSV of bars, as of qmtl backtest', dataFile),
    instrument: optional('-i, --instrument <ID>', 'instrument that a --data file without ID holds', anyText),
    cash: defaulted('--cash <AMOUNT>', 'opening cash in quote currency', '10000', decimalBetween(0, mostCash)),
    feeBps: defaulted('--fee-bps <BPS>', 'fee of each fill in basis points', '20', decimalBetween(0, 10_000)),
    slippageBps: defaulted('--slippage-bps <BPS>', 'price paid worse by', '0', decimalBetween(0, 10_000)),
    allowGaps: toggle('--allow-gaps', 'run on files or stored bars with missing bars'),
    from: optional('--from <TIME>', 'first bar, such as 2024-01-01', instantText),
    to: optional('--to <TIME>', 'end of the last bar', instantText),
    seed: optional(
      '--seed <N>',
      'without --data: the synthetic market of this seed (7), whatever is stored',
      wholeBetween(0, Number.MAX_SAFE_INTEGER),
    ),
    out: optional('-o, --out <FILE>', 'write the JSON document to a file', anyText),
    report: optional('--report <FILE>', 'write tables and a heat map as one HTML page that works offline', anyText),
    store: storeOption,
  },
  examples: [
    'qmtl sweep strategies/golden-cross.ts --param fast=5..50:5 --param slow=20..200:10',
    'qmtl sweep strategies/golden-cross.ts --param fast=5,10,20 --walk-forward 5 --report sweep.html',
  ],
  isStoppable: true,
  async run(context, { args: [file = ''], options }) {
    const { availableParallelism } = await import('node:os')
    const { sweepFile } = await import('../sweep/sweep-file.ts')
    return sweepFile({ ...options, file, threads: options.threads ?? availableParallelism() }, context)
  },
})

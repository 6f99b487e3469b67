import { defineCommand } from '../command/define-command.ts'
import { Misuse } from '../command/misuse.ts'
import {
  anyText,
  assignment,
  decimalBetween,
  defaulted,
  optional,
  repeated,
  toggle,
  wholeBetween,
} from '../command/options.ts'
import { dataFile, instantText } from '../backtest/readers.ts'
import { storeOption } from '../data/store-option.ts'

const mostCash = 1e15

export const backtestCommand = defineCommand({
  name: 'backtest',
  summary: 'run a strategy over bars and measure it',
  args: [{ name: '[file]', doc: 'strategy file, such as strategies/golden-cross.ts' }],
  options: {
    data: repeated(
      '-d, --data <[ID=]FILE>',
      'CSV of bars (ts,open,high,low,close,volume); repeat per instrument. Without it: the stored bars (qmtl data list) where there are any of the instruments and intervals, else the synthetic market',
      dataFile,
    ),
    instrument: optional('-i, --instrument <ID>', 'instrument that a --data file without ID holds', anyText),
    cash: defaulted('--cash <AMOUNT>', 'opening cash in quote currency', '10000', decimalBetween(0, mostCash)),
    feeBps: defaulted('--fee-bps <BPS>', 'fee of each fill in basis points', '20', decimalBetween(0, 10_000)),
    slippageBps: defaulted('--slippage-bps <BPS>', 'price paid worse by', '0', decimalBetween(0, 10_000)),
    profile: optional(
      '--profile <ID>',
      'fees, buying power and rules of a broker instead, such as interactive-brokers',
      anyText,
    ),
    params: repeated('-p, --param <NAME=VALUE>', 'parameter of the strategy; repeat for several', assignment),
    allowGaps: toggle('--allow-gaps', 'run on files or stored bars with missing bars'),
    from: optional('--from <TIME>', 'first bar, such as 2024-01-01', instantText),
    to: optional('--to <TIME>', 'end of the last bar', instantText),
    seed: optional(
      '--seed <N>',
      'without --data: the synthetic market of this seed (7), whatever is stored',
      wholeBetween(0, Number.MAX_SAFE_INTEGER),
    ),
    out: optional('-o, --out <FILE>', 'write the JSON document to a file', anyText),
    report: optional('--report <FILE>', 'write charts and tables as one HTML page that works offline', anyText),
    explain: optional('--explain <STAT>', 'say what a statistic is, and run nothing', anyText),
    benchmark: optional(
      '--benchmark <ID>',
      'instrument of the run whose buying and holding alpha, beta and the like are against',
      anyText,
    ),
    store: storeOption,
  },
  examples: [
    'qmtl backtest strategies/golden-cross.ts --data btc-1h.csv',
    'qmtl backtest pairs.ts --data BTC-USD.SIM=btc.csv --data ETH-USD.SIM=eth.csv --fee-bps 10',
    'qmtl backtest spy.ts --data SPY.XNYS=spy.csv --profile interactive-brokers --slippage-bps 2',
    'qmtl backtest strategies/golden-cross.ts --param fast=5 --seed 42 --json',
    'qmtl backtest strategies/golden-cross.ts --data btc-1h.csv --report golden-cross.html',
    'qmtl backtest --explain sharpe',
  ],
  async run(context, { args: [file], options: { explain, ...options } }) {
    if (explain !== undefined) {
      const { explainStatistic } = await import('../backtest/explain-statistic.ts')
      return explainStatistic(explain)
    }
    if (file === undefined) throw new Misuse("argument 'file'", '', 'is missing: name a strategy file')
    const { backtestFile } = await import('../backtest/backtest-file.ts')
    return backtestFile({ ...options, file }, context)
  },
})

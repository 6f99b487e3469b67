import { defineCommand } from '../command/define-command.ts'
import { required, toggle } from '../command/options.ts'
import { layoutOf, layoutOptions } from '../data/layout-options.ts'
import { instrumentText, intervalOption, storeOption } from '../data/store-option.ts'

export const dataImportCommand = defineCommand({
  name: 'data import',
  summary: 'read bars from files into the local store',
  args: [
    {
      name: '<files...>',
      doc: 'CSV (ts,open,high,low,close,volume) or Parquet; several are read one behind the other',
    },
  ],
  options: {
    instrument: required('-i, --instrument <ID>', 'instrument that the files hold', instrumentText),
    interval: intervalOption('interval of the bars; told from the files where absent'),
    merge: toggle('--merge', 'add to the stored bars; those in both must be equal'),
    replace: toggle('--replace', 'put the bars in the place of the stored ones'),
    ...layoutOptions,
    store: storeOption,
  },
  examples: [
    'qmtl data import btc-1m.csv --instrument BTC-USD.COINBASE',
    'qmtl data import 2024-*.parquet --instrument BTC-USD.COINBASE --merge',
    "qmtl data import eth.csv -i ETH-USD.KRAKEN --map ts=Date --time 'DD.MM.YYYY HH:mm'",
  ],
  isStoppable: true,
  async run(context, { args, options }) {
    const { importData } = await import('../data/import-data.ts')
    return importData({ ...options, layout: layoutOf(options), files: args }, context)
  },
})

import { instantText } from '../backtest/readers.ts'
import { defineCommand } from '../command/define-command.ts'
import { anyText, oneOf, optional, required } from '../command/options.ts'
import { calendarOption, intervalOption, storeOption } from '../data/store-option.ts'

export const dataExportCommand = defineCommand({
  name: 'data export',
  summary: 'write stored bars to a CSV file',
  args: [{ name: '<instrument>', doc: 'such as BTC-USD.SIM' }],
  options: {
    out: required('-o, --out <FILE>', 'file to write', anyText),
    interval: intervalOption('which bars, where several intervals are stored'),
    from: optional('--from <TIME>', 'first bar, such as 2024-01-01', instantText),
    to: optional('--to <TIME>', 'end of the last bar', instantText),
    adjust: optional('--adjust <KIND>', 'for splits, or all actions: with dividends too', oneOf(['splits', 'all'])),
    calendar: calendarOption,
    store: storeOption,
  },
  examples: ['qmtl data export BTC-USD.COINBASE --interval 1h --from 2024-01-01 --out btc-1h.csv'],
  isStoppable: true,
  async run(context, { args: [instrument = ''], options }) {
    const { exportData } = await import('../data/export-data.ts')
    return exportData({ ...options, instrument }, context)
  },
})

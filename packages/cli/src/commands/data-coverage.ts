import { instantText } from '../backtest/readers.ts'
import { defineCommand } from '../command/define-command.ts'
import { optional, toggle } from '../command/options.ts'
import { calendarOption, intervalOption, storeOption } from '../data/store-option.ts'

export const dataCoverageCommand = defineCommand({
  name: 'data coverage',
  summary: 'how far stored bars cover the hours of their market, and each gap with its cause',
  args: [{ name: '[instrument]', doc: 'all where absent' }],
  options: {
    interval: intervalOption('one interval; all where absent'),
    calendar: calendarOption,
    extended: toggle('--extended', 'count hours before and after the regular ones as open'),
    from: optional('--from <TIME>', 'begin of the range, such as 2024-01-01', instantText),
    to: optional('--to <TIME>', 'end of the range', instantText),
    store: storeOption,
  },
  examples: ['qmtl data coverage AAPL.XNAS --interval 1m --from 2024-01-01 --to 2024-02-01'],
  isStoppable: true,
  async run(context, { args: [instrument], options }) {
    const { coverageData } = await import('../data/coverage-data.ts')
    return coverageData({ ...options, instrument }, context)
  },
})

import { defineCommand } from '../command/define-command.ts'
import { optional, required, toggle } from '../command/options.ts'
import { calendarOption, intervalText, storeOption } from '../data/store-option.ts'

export const dataRollupCommand = defineCommand({
  name: 'data rollup',
  summary: 'make longer bars from stored ones, counted from the open of each session',
  args: [{ name: '<instrument>', doc: 'such as BTC-USD.SIM' }],
  options: {
    interval: required('--interval <INTERVAL>', 'of the bars to make; it divides a day', intervalText),
    source: optional('--source <INTERVAL>', 'of the stored bars; the shortest where absent', intervalText),
    calendar: calendarOption,
    extended: toggle('--extended', 'take hours before and after the regular ones too'),
    keepPartial: toggle('--keep-partial', 'keep a first or last bar of which only a part is there'),
    merge: toggle('--merge', 'add to the stored bars; those in both must be equal'),
    replace: toggle('--replace', 'put the bars in the place of the stored ones'),
    store: storeOption,
  },
  examples: ['qmtl data rollup AAPL.XNAS --interval 1h'],
  isStoppable: true,
  async run(context, { args: [instrument = ''], options }) {
    const { rollUpData } = await import('../data/roll-up-data.ts')
    return rollUpData({ ...options, instrument }, context)
  },
})

import { defineCommand } from '../command/define-command.ts'
import { storeOption } from '../data/store-option.ts'

export const dataActionsCommand = defineCommand({
  name: 'data actions',
  summary: "an instrument's splits and dividends: store those of a file, or show the stored ones",
  args: [
    { name: '<instrument>', doc: 'such as AAPL.XNAS' },
    {
      name: '[file]',
      doc: 'CSV of ex_date,kind,value; kind is split (new shares for an old one) or dividend (per share)',
    },
  ],
  options: { store: storeOption },
  examples: ['qmtl data actions AAPL.XNAS aapl-actions.csv', 'qmtl data export AAPL.XNAS --adjust all --out aapl.csv'],
  async run(context, { args: [instrument = '', file], options }) {
    const { actionsData } = await import('../data/actions-data.ts')
    return actionsData({ ...options, instrument, file }, context)
  },
})

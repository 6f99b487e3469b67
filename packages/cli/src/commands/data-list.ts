import { defineCommand } from '../command/define-command.ts'
import { storeOption } from '../data/store-option.ts'

export const dataListCommand = defineCommand({
  name: 'data list',
  summary: 'the stored bars: instruments, intervals, ranges, where they came from',
  options: { store: storeOption },
  async run(context, { options }) {
    const { listData } = await import('../data/list-data.ts')
    return listData(options, context)
  },
})

import { defineCommand } from '../command/define-command.ts'
import { intervalOption, storeOption } from '../data/store-option.ts'

export const dataVerifyCommand = defineCommand({
  name: 'data verify',
  summary: 'recompute fingerprints, order and sanity of stored bars; exit 1 where anything is wrong',
  args: [{ name: '[instrument]', doc: 'all where absent' }],
  options: { interval: intervalOption('one interval; all where absent'), store: storeOption },
  isStoppable: true,
  async run(context, { args: [instrument], options }) {
    const { verifyData } = await import('../data/verify-data.ts')
    return verifyData({ ...options, instrument }, context)
  },
})

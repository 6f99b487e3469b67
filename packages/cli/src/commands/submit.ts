import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { worldIdText } from '../command/ids.ts'
import { assignment, defaulted, repeated, toggle, wholeBetween } from '../command/options.ts'

const longestWaitMs = 60_000

export const submitCommand = defineCommand({
  name: 'submit',
  summary: 'register a strategy in a world; qmtl dev runs it',
  args: [{ name: '<file>', doc: 'strategy file, such as strategies/golden-cross.ts' }],
  options: {
    worlds: repeated(
      '-w, --world <ID>',
      'world to join; repeat for several (default the only one there is)',
      worldIdText,
    ),
    params: repeated('-p, --param <NAME=VALUE>', 'parameter of the strategy; repeat for several', assignment),
    isDryRun: toggle('--dry-run', 'check and plan only; nothing is kept'),
    waitMs: defaulted(
      '--wait <MS>',
      'longest wait for the plan in milliseconds',
      '10000',
      wholeBetween(0, longestWaitMs),
    ),
    url: gatewayOption,
  },
  examples: [
    'qmtl submit strategies/golden-cross.ts --world demo',
    'qmtl submit strategies/golden-cross.ts --world demo --param fast=5 --dry-run',
  ],
  async run(context, { args: [file = ''], options: { url, ...options } }) {
    const { openGateway } = await import('../client/open-gateway.ts')
    const { submitFile } = await import('../strategies/submit-file.ts')
    return submitFile({ ...options, file }, context, openGateway(context, { url, waitMs: options.waitMs }))
  },
})

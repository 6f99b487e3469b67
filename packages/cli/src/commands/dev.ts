import { defineCommand } from '../command/define-command.ts'
import { anyText, optional, wholeBetween } from '../command/options.ts'

export const devCommand = defineCommand({
  name: 'dev',
  summary: 'run the desk of this folder: all services, its worlds and its strategies',
  options: {
    config: optional('-c, --config <FILE>', 'configuration file (qmtl.yml, looked for upwards)', anyText),
    port: optional('--port <N>', 'port of the Gateway, instead of the configured one', wholeBetween(0, 65_535)),
  },
  examples: ['qmtl dev', 'qmtl dev --port 8001'],
  isStoppable: true,
  async run(context, { options }) {
    const { dev } = await import('../dev/dev.ts')
    return dev(options, context)
  },
})

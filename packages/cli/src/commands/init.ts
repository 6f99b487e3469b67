import { defineCommand } from '../command/define-command.ts'

export const initCommand = defineCommand({
  name: 'init',
  summary: 'make a folder with a sample world and strategies',
  args: [{ name: '[dir]', doc: 'new or empty folder' }],
  options: {},
  examples: ['qmtl init my-desk'],
  async run(context, { args: [dir] }) {
    const { initDesk } = await import('../init/init-desk.ts')
    return initDesk(dir, context)
  },
})

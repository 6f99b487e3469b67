import { gatewayOption } from '../client/gateway-url.ts'
import { defineCommand } from '../command/define-command.ts'
import { worldIdText } from '../command/ids.ts'
import { Misuse } from '../command/misuse.ts'
import { anyText, defaulted, optional, toggle, wholeBetween } from '../command/options.ts'

const mostEntries = 1_000

export const worldAuditCommand = defineCommand({
  name: 'world audit',
  summary: 'what happened in a world, and who did it: the newest entries, oldest of them first',
  args: [{ name: '<world>', doc: 'id of the world' }],
  options: {
    after: optional('--after <SEQ>', 'read on behind this entry', wholeBetween(0, Number.MAX_SAFE_INTEGER)),
    limit: defaulted('-n, --limit <N>', 'entries at most', '50', wholeBetween(1, mostEntries)),
    event: optional('-e, --event <NAME>', 'only this event, such as apply_stage', anyText),
    isFollowing: toggle('--follow', 'go on with what comes, until Ctrl-C'),
    url: gatewayOption,
  },
  examples: ['qmtl world audit demo', 'qmtl world audit demo --event apply_stage --follow'],
  isStoppable: true,
  async run(context, { args: [world = ''], options: { url, isFollowing, ...options } }) {
    const worldId = worldIdText(world, '<world>')
    if (isFollowing && context.isJson) {
      throw new Misuse('--follow', '', 'does not go with --json, which is one document: ask again with --after')
    }
    const { openGateway } = await import('../client/open-gateway.ts')
    const { followAudit, showAudit } = await import('../worlds/read-audit.ts')
    const gateway = openGateway(context, { url })
    const request = { ...options, worldId }
    return isFollowing ? followAudit(gateway, request, context) : showAudit(gateway, request)
  },
})

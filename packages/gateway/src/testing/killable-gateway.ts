import { sampleEntry } from './fake-services.ts'
import { runGateway } from './run-gateway.ts'

// A process to be killed: a Gateway on the file named, which tells its parent where it listens. A message from the parent
// names a strategy that may trade.
const [, , file = ''] = process.argv
const running = await runGateway({ kind: 'sqlite', file })
process.on('message', (strategyId) => {
  const entries = { long: sampleEntry(), short: sampleEntry() }
  running.worlds.activation = { version: 2, state: { [String(strategyId)]: entries } }
  process.send?.('activated')
})
process.send?.(running.url)

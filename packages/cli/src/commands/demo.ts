import { defineCommand } from '../command/define-command.ts'
import { demoSeed } from '../demo/demo-world.ts'
import { anyText, decimalBetween, defaulted, optional, toggle, wholeBetween } from '../command/options.ts'

export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'run the whole story once: submit, judge, promote, trade on paper, freeze',
  options: {
    once: toggle('--once', 'run to the end as fast as possible and exit'),
    dataDir: defaulted('--data-dir <DIR>', 'directory of the databases', '.qmtl/demo', anyText),
    seed: defaulted(
      '--seed <N>',
      'seed of the synthetic market',
      String(demoSeed),
      wholeBetween(0, Number.MAX_SAFE_INTEGER),
    ),
    port: optional('--port <N>', 'port of the Gateway; with --once a free one (8000)', wholeBetween(0, 65_535)),
    pace: defaulted(
      '--bars-per-second <N>',
      'pace of the paper market without --once',
      '60',
      decimalBetween(0.1, 100_000),
    ),
  },
  examples: ['qmtl demo', 'qmtl demo --once --json', 'qmtl demo --once --seed 11'],
  isStoppable: true,
  async run(context, { options }) {
    const { demo } = await import('../demo/demo.ts')
    return demo({ ...options, barsPerSecond: options.once ? undefined : Number(options.pace) }, context)
  },
})

import { isEffectiveMode, isExecutionDomain, type EffectiveMode, type ExecutionDomain } from '@qmtl/contracts'

/** Spellings of a domain that earlier clients send, lower-cased and without spaces, `_` and `-`. */
const domainAliases: Readonly<Record<ExecutionDomain, readonly string[]>> = {
  backtest: ['backtesting', 'compute', 'computeonly', 'offline', 'sandbox', 'validate', 'validation'],
  dryrun: [
    'dryrunmode',
    'papermode',
    'paper',
    'papertrade',
    'papertrading',
    'papertrader',
    'sim',
    'simulation',
    'simulated',
  ],
  live: ['prod', 'production'],
  shadow: [],
}

const modeAliases: Readonly<Record<EffectiveMode, readonly string[]>> = {
  'compute-only': ['compute_only', 'computeonly'],
  paper: ['sim', 'simulation', 'simulated', 'papertrade', 'papertrading', 'paper_trading'],
  live: ['active'],
  shadow: [],
  validate: [],
}

const domainOfAlias = invert(domainAliases, isExecutionDomain)
const modeOfAlias = invert(modeAliases, isEffectiveMode)

/**
 * The domain that a client's word means. Blank and `default` mean none; a word that is not known is `backtest`, so that it
 * never reaches an order. Of a word in parts (`sim/eu`, `env:prod`) the first part that is known counts.
 */
export function domainOfWord(word: string): ExecutionDomain | undefined {
  const text = word.trim().toLowerCase()
  if (text === '' || text === 'default') return undefined
  for (const part of [text, ...text.split(/[/:]/)]) {
    const domain = domainOfAlias.get(part.replaceAll(/[\s_-]/g, ''))
    if (domain !== undefined) return domain
  }
  return 'backtest'
}

/** The mode that a client's word means; every word that is not known is `validate`, the least a world can grant. */
export function modeOfWord(word: string): EffectiveMode {
  return modeOfAlias.get(word.trim().toLowerCase()) ?? 'validate'
}

function invert<Word extends string>(
  table: Readonly<Record<Word, readonly string[]>>,
  isWord: (word: unknown) => word is Word,
): ReadonlyMap<string, Word> {
  const inverted = new Map<string, Word>()
  for (const [word, aliases] of Object.entries<readonly string[]>(table)) {
    if (isWord(word)) for (const alias of [word, ...aliases]) inverted.set(alias, word)
  }
  return inverted
}

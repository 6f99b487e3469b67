import { expect, test } from 'vitest'
import { domainOfWord, modeOfWord } from './domain-alias.ts'

const domainWords = {
  backtest: 'backtest backtesting compute computeonly compute-only offline sandbox validate validation',
  dryrun:
    'dryrun dry_run dryrunmode papermode paper papertrade papertrading paper-trading papertrader sim simulation simulated',
  live: 'live prod production LIVE',
  shadow: 'shadow Shadow',
} as const

for (const [domain, words] of Object.entries(domainWords)) {
  for (const word of words.split(' '))
    test(`the domain '${word}' means ${domain}`, () => expect(domainOfWord(word)).toBe(domain))
}

for (const [word, domain] of [
  ['', undefined],
  ['  ', undefined],
  ['default', undefined],
  ['paper trading', 'dryrun'],
  ['eu/prod', 'live'],
  ['sim:1', 'dryrun'],
  ['lives', 'backtest'],
  ['real money', 'backtest'],
] as const) {
  test(`the domain '${word}' means ${domain ?? 'none'}`, () => expect(domainOfWord(word)).toBe(domain))
}

const modeWords = {
  'compute-only': 'compute-only compute_only computeonly',
  paper: 'paper sim simulation simulated papertrade papertrading paper_trading Paper',
  live: 'live active',
  shadow: 'shadow',
  validate: 'validate unknown paper/live',
} as const

for (const [mode, words] of Object.entries(modeWords)) {
  for (const word of words.split(' '))
    test(`the mode '${word}' means ${mode}`, () => expect(modeOfWord(word)).toBe(mode))
}

test('an empty mode is validate', () => expect(modeOfWord('')).toBe('validate'))

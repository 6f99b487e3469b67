import { suggestName } from '@qmtl/contracts'
import {
  annualisationTexts,
  describeStatistic,
  formulaIdOf,
  isStatisticName,
  statisticNames,
  type StatisticDescription,
} from '@qmtl/statistics'
import type { CommandResult } from '../command/context.ts'
import { Misuse } from '../command/misuse.ts'
import { pairs } from '../output/pairs.ts'
import type { Style } from '../output/style.ts'

/** What a statistic is, as its registry describes it. Throws `Misuse` for a name that is none. */
export function explainStatistic(name: string): CommandResult {
  if (!isStatisticName(name)) {
    throw new Misuse('--explain', name, `must be a statistic; ${suggestName(name, statisticNames)}`)
  }
  const description = describeStatistic(name)
  const formulaIds = [...new Set([formulaIdOf(name, '24/7'), formulaIdOf(name, 'sessions')])]
  return {
    json: { name, ...documentOf(description), formula_ids: formulaIds },
    text: (style) => explanationText(name, description, { formulaIds, style }),
  }
}

function documentOf({ title, tier, unit, annualisation, formula, sample, ...rest }: StatisticDescription) {
  const { standardError, source, nullWhen } = rest
  return {
    ...{ title, tier, unit, formula, annualisation: annualisationTexts[annualisation], sample },
    ...(standardError === undefined ? {} : { standard_error: standardError }),
    ...{ null_when: nullWhen, source },
  }
}

function explanationText(
  name: string,
  { title, formula, unit, annualisation, sample, standardError, nullWhen, source }: StatisticDescription,
  { formulaIds: [always = '', sessions], style }: { readonly formulaIds: readonly string[]; readonly style: Style },
): string {
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['formula', formula],
    ['formula id', sessions === undefined ? always : `${always}, or ${sessions} under a calendar of sessions`],
    ['unit', unit],
    ['annualised', annualisation === 'none' ? '' : annualisationTexts[annualisation]],
    ['sample', sample],
    ['standard error', standardError ?? ''],
    ['null when', nullWhen.join('; ')],
    ['source', source],
  ]
  return `${style.bold(name)}  ${title}\n${pairs(rows, style)}`
}

import { decimalText, formatInstant, formatInterval } from '@qmtl/contracts'
import { html, type Html, type HtmlPart } from './html.ts'
import { counted } from './number-text.ts'
import { parameterText } from './report-head.ts'
import type { ReportData, ReportInput } from './report-input.ts'

/** Everything the figures depend on: enough to make the run again and to see what differs from another. */
export function provenanceSection(input: ReportInput): Html {
  const { strategy, result, release, createdAtMs } = input
  const entries: readonly (readonly [string, HtmlPart])[] = [
    [
      'Run',
      html`<code>${result.fingerprint}</code> <span class="muted">the same inputs give the same fingerprint</span>`,
    ],
    ['Strategy', html`${strategy.name} ${strategy.version} from <code>${strategy.file}</code>`],
    ['Parameters', pairs(Object.entries(strategy.params).map(([name, value]) => [name, parameterText(value)]))],
    ['Graph', html`<code>${strategy.dagHash}</code>`],
    ['Intent nodes', codes(result.nodeIds)],
    ['Code hashes', codes(result.codeHashes)],
    [
      'Data',
      html`<ul>
        ${input.data.map(dataItem)}
      </ul>`,
    ],
    [
      'Instruments',
      html`<ul>
        ${input.data.map(termsItem)}
      </ul>`,
    ],
    ['Calendar', result.calendar],
    ['Models', pairs(Object.entries(result.models))],
    ['Costs', pairs(costsOf(input))],
    ['Planner', pairs(Object.entries(result.planner))],
    ['QMTL', release],
    ['Created', html`<time>${formatInstant(createdAtMs)}</time>`],
  ]
  return html`<section id="provenance">
    <h2>Provenance</h2>
    <dl class="pairs">
      ${entries.map(
        ([term, text]) =>
          html`<dt>${term}</dt>
            <dd>${text}</dd> `,
      )}
    </dl>
  </section>`
}

/** What the models cost, in quote currency, and the orders that they refused. */
function costsOf({ result }: ReportInput): readonly (readonly [string, string])[] {
  const { fees, slippage, book, refusals } = result
  const refused = refusals.map(({ code, count }) => [`refused as ${code}`, counted(count, 'order')] as const)
  const income = decimalText(book.income)
  return [['fees', fees], ['slippage', slippage], ['interest received less paid', income], ...refused]
}

function pairs(entries: readonly (readonly [string, string])[]): HtmlPart {
  if (entries.length === 0) return 'none'
  return html`<ul>
    ${entries.map(([name, text]) => html`<li>${name}: <code>${text}</code></li>`)}
  </ul>`
}

function codes(texts: readonly string[]): Html {
  return html`<ul>
    ${texts.map((text) => html`<li><code>${text}</code></li>`)}
  </ul>`
}

function dataItem({ instrument, columns, source, fingerprint }: ReportData): Html {
  const { length, intervalMs, openTimeMs } = columns
  const fromMs = openTimeMs[0] ?? 0
  const toMs = (openTimeMs[length - 1] ?? 0) + intervalMs
  return html`<li>
    ${instrument.id}, ${counted(length, 'bar')} of ${formatInterval(intervalMs)}, ${formatInstant(fromMs)} to
    ${formatInstant(toMs)}, from ${source}: <code>${fingerprint}</code>
  </li>`
}

function termsItem({ instrument }: ReportData): Html {
  const { id, quoteCurrency, lotSize, multiplier, calendar } = instrument
  return html`<li>
    ${id}: quoted in ${quoteCurrency}, lot ${decimalText(lotSize)}, multiplier ${decimalText(multiplier)}, calendar
    ${calendar}
  </li>`
}

import { formatInstant } from '@qmtl/contracts'
import type { ParameterAxis } from '../search/parameter-grid.ts'
import type { ParameterValues } from '../graph/parameters.ts'
import { html, type Html } from './html.ts'
import { counted, datum, fixedText, noNumber } from './number-text.ts'
import { parameterText } from './report-head.ts'
import type { ReportData } from './report-input.ts'
import { reportPage } from './report-page.ts'
import { table, type TableColumn } from './table.ts'

/** A combination of parameters and the value of the metric, where it has one. */
export interface SweepTrial {
  readonly params: ParameterValues
  readonly value: number | undefined
}

/** A table of texts, as the reader of a terminal sees it. */
export interface SweepTable {
  readonly columns: readonly TableColumn[]
  readonly rows: readonly (readonly string[])[]
}

/** Everything that the report of a search tells. The same input gives the same bytes. */
export interface SweepHtmlInput {
  readonly strategy: { readonly name: string; readonly version: string; readonly file: string }
  /** Title of what was maximised. */
  readonly metric: string
  readonly axes: readonly ParameterAxis[]
  readonly trials: readonly SweepTrial[]
  readonly best: SweepTable
  /** Choices of a walk forward, where there was one. */
  readonly folds: SweepTable | undefined
  /** What a reader must know before trusting the best. */
  readonly remarks: readonly string[]
  readonly data: readonly ReportData[]
  /** Epoch milliseconds. */
  readonly createdAtMs: number
  /** Version of QMTL. */
  readonly release: string
}

/** A search of parameters as one HTML page that needs no network, no other file and no script. Pure. */
export function sweepHtml(input: SweepHtmlInput): string {
  const { strategy, metric, trials, best, folds, remarks } = input
  const body = html` <header>
      <p class="over">QMTL parameter search</p>
      <h1>${strategy.name} <small>${strategy.version}</small></h1>
      <p>${counted(trials.length, 'combination')}, ranked by ${metric}</p>
    </header>
    <main>
      <section id="remarks">
        <h2>Read this first</h2>
        <ul class="remarks">
          ${remarks.map((text) => html`<li class="warning"><b>⚠ Warning</b> <span>${text}</span></li> `)}
        </ul>
      </section>
      ${heatMapSection(input)}
      <section id="best">
        <h2>Best combinations</h2>
        ${table(best.columns, best.rows, 'Best combinations')}
      </section>
      ${
        folds &&
        html`<section id="folds">
          <h2>Walk forward</h2>
          ${table(folds.columns, folds.rows, 'Walk forward')}
        </section>`
      }
      ${provenance(input)}
    </main>`
  return reportPage(`${strategy.name} – QMTL parameter search`, body)
}

/** The metric over the first two parameters; of combinations that differ in others alone, the best. */
function heatMapSection({ metric, axes, trials }: SweepHtmlInput): Html | undefined {
  const [down, across] = axes
  if (down === undefined) return undefined
  const cells = bestByCell(trials, down, across)
  const sizes = [...cells.values()].map(Math.abs)
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0)
  const columns = across?.values ?? ['']
  const others = axes.slice(2).map(({ name }) => name)
  const note = others.length === 0 ? undefined : html`<p class="muted">the best over ${others.join(', ')}</p>`
  return html`<section id="heat-map">
    <h2>${metric} by ${down.name}${across && html` and ${across.name}`}</h2>
    ${note}
    <div class="scroll" role="region" aria-label="Heat map" tabindex="0">
      <table class="months">
        <thead>
          <tr>
            <th scope="col">${down.name}${across && html` ↓ ${across.name} →`}</th>
            ${columns.map((value) => html`<th scope="col" class="number">${parameterText(value)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${down.values.map(
            (row) =>
              html`<tr>
                <th scope="row">${parameterText(row)}</th>
                ${columns.map((column) => heatCell(cells.get(cellKey(row, column)), largest))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

function bestByCell(
  trials: readonly SweepTrial[],
  down: ParameterAxis,
  across: ParameterAxis | undefined,
): ReadonlyMap<string, number> {
  const cells = new Map<string, number>()
  for (const { params, value } of trials) {
    if (value === undefined) continue
    const key = cellKey(params[down.name], across === undefined ? '' : params[across.name])
    cells.set(key, Math.max(cells.get(key) ?? -Infinity, value))
  }
  return cells
}

function cellKey(row: unknown, column: unknown): string {
  return JSON.stringify([row, column])
}

/** Shaded by size; the sign stands in the text, so colour is never needed. */
function heatCell(value: number | undefined, largest: number): Html {
  if (value === undefined) return html`<td class="number">${noNumber}</td>`
  const shade = value === 0 ? 0 : 0.08 + 0.42 * (Math.abs(value) / largest)
  const kind = value < 0 ? 'loss' : 'gain'
  return html`<td class="number ${kind}" style="--shade:${fixedText(shade, 3)}">
    ${datum(value, fixedText(value, 2))}
  </td>`
}

function provenance({ strategy, axes, data, createdAtMs, release }: SweepHtmlInput): Html {
  return html`<section id="provenance">
    <h2>Provenance</h2>
    <dl class="pairs">
      <dt>Strategy</dt>
      <dd>${strategy.name} ${strategy.version} from <code>${strategy.file}</code></dd>
      <dt>Searched</dt>
      <dd>
        <ul>
          ${axes.map(({ name, values }) => html`<li>${name}: <code>${values.map(parameterText).join(', ')}</code></li>`)}
        </ul>
      </dd>
      <dt>Data</dt>
      <dd>
        <ul>
          ${data.map(
            ({ instrument, columns, source, fingerprint }) =>
              html`<li>
                ${instrument.id}, ${counted(columns.length, 'bar')} from ${source}: <code>${fingerprint}</code>
              </li>`,
          )}
        </ul>
      </dd>
      <dt>QMTL</dt>
      <dd>${release}</dd>
      <dt>Created</dt>
      <dd><time>${formatInstant(createdAtMs)}</time></dd>
    </dl>
  </section>`
}

import { monthlyReturnsTable } from '@qmtl/statistics'
import { html, type Html } from './html.ts'
import { datum, fixedText, signed } from './number-text.ts'
import { returnSeriesOf, type ReportInput } from './report-input.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Returns by calendar month, shaded by size; the sign stands in the text, so colour is never needed. */
export function monthlyReturnsSection({ result }: ReportInput): Html {
  const years = monthlyReturnsTable(returnSeriesOf(result), result.calendar)
  const largest = years
    .flatMap((year) => year.months)
    .reduce<number>((size, value = 0) => Math.max(size, Math.abs(value)), 0)
  const rows = years.map(
    ({ year, months: cells, total }) =>
      html`<tr>
        <th scope="row">${year}</th>
        ${cells.map((value) => monthCell(value, largest))}
        <td class="number total">${returnText(total)}</td>
      </tr> `,
  )
  return html`<section id="months">
    <h2>Monthly returns, %</h2>
    <div class="scroll" role="region" aria-label="Monthly returns in percent" tabindex="0">
      <table class="months">
        <thead>
          <tr>
            <th scope="col">UTC</th>
            ${months.map((month) => html`<th scope="col" class="number">${month}</th>`)}
            <th scope="col" class="number">Year</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`
}

function monthCell(value: number | undefined, largest: number): Html {
  if (value === undefined) return html`<td></td>`
  const shade = value === 0 ? 0 : 0.08 + 0.42 * (Math.abs(value) / largest)
  const kind = value < 0 ? 'loss' : 'gain'
  return html`<td class="number ${kind}" style="--shade:${fixedText(shade, 3)}">${returnText(value)}</td>`
}

function returnText(value: number): Html {
  return datum(value, signed(fixedText(value * 100, 2), value))
}

import { html, type Html, type HtmlPart } from './html.ts'

export interface TableColumn {
  readonly title: string
  readonly align?: 'right' | 'left'
  /** What the title stands for, for those who point at it. */
  readonly hint?: string
}

/** Cells of a row, as many as there are columns. */
export type TableRow = readonly HtmlPart[]

/** A table that scrolls inside itself where the page is too narrow for it. */
export function table(columns: readonly TableColumn[], rows: readonly TableRow[], caption: string): Html {
  const head = columns.map(
    ({ title, align, hint }) =>
      html`<th scope="col" ${classOf(align)}${hint === undefined ? undefined : html` title="${hint}"`}>${title}</th>`,
  )
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => html`<td${classOf(columns[index]?.align)}>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`
}

function classOf(align: TableColumn['align']): Html | undefined {
  return align === 'right' ? html` class="number"` : undefined
}

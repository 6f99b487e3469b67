import { html, type Html } from './html.ts'
import type { Remark } from './report-remarks.ts'

/** Each remark with what to do about it. */
export function remarksSection(remarks: readonly Remark[]): Html {
  const body =
    remarks.length === 0
      ? html`<p class="none">Nothing stands out. That proves nothing about the future.</p>`
      : html`<ul class="remarks">
          ${remarks.map(remarkItem)}
        </ul>`
  return html`<section id="remarks">
    <h2>Read this first</h2>
    ${body}
  </section>`
}

function remarkItem({ kind, weight, text, remedy }: Remark): Html {
  return html`<li class="${weight}" data-remark="${kind}">
    <b>${weight === 'warning' ? '⚠ Warning' : 'ℹ Note'}</b> <span>${text}.</span>
    <span class="remedy"><b>Do:</b> ${remedy}.</span>
  </li> `
}

/** Markup that may stand in a page as it is: only `html` makes it, and that escapes every text put into it. */
export interface Html {
  readonly markup: string
}

/** What may be put into markup: texts and numbers are escaped, undefined is nothing, a list is its parts in a row. */
export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[]

/** Markup from a template. Values are safe as text and inside double quotes; a name, tag or script must stand in the template. */
export function html(template: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let markup = template[0] ?? ''
  parts.forEach((part, index) => {
    markup += markupOf(part) + (template[index + 1] ?? '')
  })
  return { markup }
}

/** Style sheets and scripts of our own, which know no escapes. */
export function verbatim(markup: string): Html {
  return { markup }
}

function markupOf(part: HtmlPart): string {
  if (part === undefined) return ''
  if (typeof part === 'string') return escaped(part)
  if (typeof part === 'number') return String(part)
  return 'markup' in part ? part.markup : part.map(markupOf).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Control characters, and halves of surrogate pairs, may stand in no page: they are replaced by U+FFFD. */
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(forbidden, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}

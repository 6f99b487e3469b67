import type { Html } from './html.ts'
import { html } from './html.ts'

/** Stands where a number does not exist. */
export const noNumber = '–'

/** A number with a fixed number of decimals, thousands set off and a true minus sign; what rounds to zero has no sign. */
export function fixedText(value: number, digits: number): string {
  const [whole = '', part] = Math.abs(value).toFixed(digits).split('.')
  if (/e/.test(whole)) return String(value)
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')
  const text = part === undefined ? grouped : `${grouped}.${part}`
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text
}

/** A fraction as percent: 0.1234 is `12.34 %`. */
export function percentText(fraction: number, digits = 2): string {
  return `${fixedText(fraction * 100, digits)} %`
}

/** A text of a number with its sign, also where it is above zero. */
export function signed(text: string, value: number): string {
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text
}

/** A count with its noun: `1 trade`, `1,200 trades`. */
export function counted(amount: number, noun: string): string {
  return `${fixedText(amount, 0)} ${noun}${amount === 1 ? '' : 's'}`
}

/** A price with as many decimals as its size needs. */
export function priceText(value: number): string {
  const size = Math.abs(value)
  return fixedText(value, size >= 100 ? 2 : size >= 1 ? 4 : 8)
}

/** At most six decimals, no zeros at the end. */
export function quantityText(value: number): string {
  const text = fixedText(value, 6)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** A number as a reader wants it, with its exact value for a machine: as text of the ledger, or as JSON would write it. */
export function datum(exact: number | string, text: string): Html {
  return html`<data value="${exact}">${text}</data>`
}

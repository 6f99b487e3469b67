/** Printed in place of a number that does not exist. */
export const noNumber = '–'

/** A fraction as percent: 0.1234 is `12.34 %`. */
export function percent(fraction: number | null, digits = 2): string {
  return fraction === null ? noNumber : `${fixed(fraction * 100, digits)} %`
}

/** An amount with thousands set off: 12345.678 is `12,345.68`. */
export function money(amount: number | null, digits = 2): string {
  return fixed(amount, digits)
}

/** A price with as many decimals as its size needs. */
export function price(text: string): string {
  const value = Number(text)
  return fixed(value, value >= 100 ? 2 : value >= 1 ? 4 : 8)
}

/** A count with thousands set off. */
export function count(amount: number): string {
  return fixed(amount, 0)
}

/** A count with its noun: `1 trade`, `1,200 trades`. */
export function counted(amount: number, noun: string): string {
  return `${count(amount)} ${noun}${amount === 1 ? '' : 's'}`
}

/** A number with a fixed number of decimals and thousands set off; what rounds to zero has no sign. */
export function fixed(value: number | null, digits: number): string {
  if (value === null) return noNumber
  const [whole = '', part] = Math.abs(value).toFixed(digits).split('.')
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')
  const text = part === undefined ? grouped : `${grouped}.${part}`
  return value < 0 && /[1-9]/.test(text) ? `-${text}` : text
}

/** A decimal text of the ledger, cut to what a reader needs: at most `digits` decimals, no zeros at the end. */
export function shortDecimal(text: string, digits = 6): string {
  const value = Number(text)
  const rounded = fixed(value, digits)
  return rounded.includes('.') ? rounded.replace(/\.?0+$/, '') : rounded
}

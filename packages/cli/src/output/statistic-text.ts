import { noNumber, count, fixed, money, percent } from './numbers.ts'

/** A statistic as a reader wants it, by its unit on the wire; one of a unit not known here with four significant digits. */
export function statisticText(value: number | null, unit: string): string {
  if (value === null) return noNumber
  switch (unit) {
    case 'fraction':
    case 'fraction per year':
      return percent(value)
    case 'ratio':
      return fixed(value, 2)
    case 'days':
      return `${fixed(value, 1)} d`
    case 'trades':
      return count(value)
    case 'quote':
      return money(value)
    default:
      return shortNumber(value)
  }
}

/** A number with four significant digits, without zeros at the end. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)))
}

import { QmtlError } from '../errors/qmtl-error.ts'

declare const decimalBrand: unique symbol

/**
 * An exact decimal number for ledger values (price, quantity, fee, cash): `coefficient × 10^−scale`, no upper bound of digits.
 * Sums and products are exact; only division and quantising round, and say how.
 */
export interface Decimal {
  readonly [decimalBrand]: true
  readonly coefficient: bigint
  readonly scale: number
}

const divisionDigits = 34
const zeroCode = '0'.charCodeAt(0)
const pattern = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/
const powers: bigint[] = [1n]

function powerOfTen(exponent: number): bigint {
  for (let next = powers.length; next <= exponent; next++) powers.push((powers[next - 1] ?? 1n) * 10n)
  return powers[exponent] ?? 1n
}

function make(coefficient: bigint, scale: number): Decimal {
  return { coefficient, scale } as Decimal
}

/** Parses a decimal from text (`-12.50`, `1e-8`) or takes a finite double by its shortest spelling. Throws `E_INVALID_DECIMAL`. */
export function decimal(value: string | number): Decimal {
  return typeof value === 'number' ? (shortDecimal(value) ?? parsed(String(value))) : parsed(value)
}

function parsed(text: string): Decimal {
  const match = pattern.exec(text)
  if (!match) throw new QmtlError('E_INVALID_DECIMAL', `'${text}' is not a decimal number`)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  const coefficient = sign === '-' ? -digits : digits
  return scale < 0 ? make(coefficient * powerOfTen(-scale), 0) : trimmed(coefficient, scale)
}

/**
 * A double of few digits without a detour over text: at most 15 significant digits name one double and the first scale that
 * gives it back is its shortest spelling. Undefined for all others.
 */
function shortDecimal(value: number): Decimal | undefined {
  let power = 1
  for (let scale = 0; scale <= 8; scale++) {
    const digits = Math.round(value * power)
    if (!(Math.abs(digits) < 1e15)) return undefined
    if (digits / power === value) return make(BigInt(digits), scale)
    power *= 10
  }
  return undefined
}

export const ZERO = make(0n, 0)
export const ONE = make(1n, 0)

export function plus(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return make(a.coefficient + b.coefficient, a.scale)
  return a.scale > b.scale
    ? make(a.coefficient + b.coefficient * powerOfTen(a.scale - b.scale), a.scale)
    : make(a.coefficient * powerOfTen(b.scale - a.scale) + b.coefficient, b.scale)
}

export function minus(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return make(a.coefficient - b.coefficient, a.scale)
  return a.scale > b.scale
    ? make(a.coefficient - b.coefficient * powerOfTen(a.scale - b.scale), a.scale)
    : make(a.coefficient * powerOfTen(b.scale - a.scale) - b.coefficient, b.scale)
}

export function times(a: Decimal, b: Decimal): Decimal {
  return make(a.coefficient * b.coefficient, a.scale + b.scale)
}

/** a ÷ b with 34 significant digits, half to even. Throws `E_INVALID_DECIMAL` on a zero divisor. */
export function dividedBy(a: Decimal, b: Decimal): Decimal {
  if (b.coefficient === 0n) throw new QmtlError('E_INVALID_DECIMAL', `${decimalText(a)} cannot be divided by zero`)
  const shift = Math.max(0, divisionDigits + digitCount(b.coefficient) - digitCount(a.coefficient))
  const quotient = divideHalfEven(a.coefficient * powerOfTen(shift), b.coefficient)
  const scale = a.scale + shift - b.scale
  return scale < 0 ? make(quotient * powerOfTen(-scale), 0) : trimmed(quotient, scale)
}

export function negate(a: Decimal): Decimal {
  return make(-a.coefficient, a.scale)
}

export function absolute(a: Decimal): Decimal {
  return a.coefficient < 0n ? negate(a) : a
}

export function sign(a: Decimal): -1 | 0 | 1 {
  if (a.coefficient === 0n) return 0
  return a.coefficient < 0n ? -1 : 1
}

export function isZero(a: Decimal): boolean {
  return a.coefficient === 0n
}

/** −1, 0 or 1 as `a` is less than, equal to or greater than `b`. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  if (a.scale === b.scale) return order(a.coefficient, b.coefficient)
  return a.scale > b.scale
    ? order(a.coefficient, b.coefficient * powerOfTen(a.scale - b.scale))
    : order(a.coefficient * powerOfTen(b.scale - a.scale), b.coefficient)
}

export function minimum(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) <= 0 ? a : b
}

export function maximum(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) >= 0 ? a : b
}

/** The multiple of `step` next to `value` on the side of zero. A step that is not positive leaves the value alone. */
export function quantizeDown(value: Decimal, step: Decimal): Decimal {
  if (step.coefficient <= 0n) return value
  const [dividend, divisor] = aligned(value, step)
  return times(make(dividend / divisor, 0), step)
}

/** The multiple of `step` nearest to `value`, half to even. A step that is not positive leaves the value alone. */
export function quantizeNearest(value: Decimal, step: Decimal): Decimal {
  if (step.coefficient <= 0n) return value
  const [dividend, divisor] = aligned(value, step)
  return times(make(divideHalfEven(dividend, divisor), 0), step)
}

/** Plain notation without exponent or trailing zeros: `-0.00000001`, `1200`. */
export function decimalText(value: Decimal): string {
  const { coefficient, scale } = value
  if (scale === 0) return coefficient.toString()
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  let end = digits.length
  while (end > point && digits.charCodeAt(end - 1) === zeroCode) end--
  const text = end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`
  return coefficient < 0n ? `-${text}` : text
}

/** The nearest double: the one way from the ledger to research columns. */
export function decimalNumber(value: Decimal): number {
  const { coefficient, scale } = value
  // Both parts exact as doubles: one correctly rounded division, no text.
  if (scale <= 22 && coefficient < 9007199254740992n && coefficient > -9007199254740992n) {
    return Number(coefficient) / 10 ** scale
  }
  return Number(`${coefficient}e-${scale}`)
}

function order(a: bigint, b: bigint): -1 | 0 | 1 {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint] {
  const scale = Math.max(a.scale, b.scale)
  return [a.coefficient * powerOfTen(scale - a.scale), b.coefficient * powerOfTen(scale - b.scale)]
}

function trimmed(coefficient: bigint, scale: number): Decimal {
  if (coefficient === 0n) return ZERO
  let rest = coefficient
  let places = scale
  while (places > 0 && rest % 10n === 0n) {
    rest /= 10n
    places--
  }
  return make(rest, places)
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const rest = dividend % divisor
  const twice = 2n * (rest < 0n ? -rest : rest)
  const size = divisor < 0n ? -divisor : divisor
  if (twice < size || (twice === size && quotient % 2n === 0n)) return quotient
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n
}

function digitCount(value: bigint): number {
  return (value < 0n ? -value : value).toString().length
}

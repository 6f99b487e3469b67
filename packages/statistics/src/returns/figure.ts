/** A computed figure with its standard error where one exists, or the reason why there is none. */
export type Figure = { readonly value: number; readonly standardError?: number } | { readonly reason: string }

/** A figure that is a finite number; a result too large for a double does not exist either. */
export function figure(value: number, standardError?: number): Figure {
  if (!Number.isFinite(value)) return missing('the result does not fit a number')
  return standardError === undefined || !Number.isFinite(standardError) ? { value } : { value, standardError }
}

export function missing(reason: string): Figure {
  return { reason }
}

/** A share p of n cases with its standard error √(p (1 − p) ÷ n). */
export function shareFigure(cases: number, of: number): Figure {
  const share = cases / of
  return figure(share, Math.sqrt((share * (1 - share)) / of))
}

/** `n things are needed` with how many there are; nothing where there are enough. */
export function tooFew(count: number, needed: { readonly least: number; readonly phrase: string }): Figure | undefined {
  if (count >= needed.least) return undefined
  const seen = count === 1 ? 'there is one' : `there are ${count === 0 ? 'none' : count}`
  return missing(`${needed.phrase} needed, ${seen}`)
}

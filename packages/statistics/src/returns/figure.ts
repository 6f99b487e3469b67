/** A computed figure, or the reason why there is none. */
export type Figure = { readonly value: number } | { readonly reason: string }

/** A figure that is a finite number; a result too large for a double does not exist either. */
export function figure(value: number): Figure {
  return Number.isFinite(value) ? { value } : { reason: 'the result does not fit a number' }
}

export function missing(reason: string): Figure {
  return { reason }
}

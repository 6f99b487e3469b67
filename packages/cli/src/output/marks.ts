import type { Outcome } from '@qmtl/contracts'
import type { Style } from './style.ts'

/** ✓ for what passes or is open, ✗ for what does not, ? for what cannot be told. */
export function outcomeMark(outcome: Outcome, style: Style): string {
  switch (outcome) {
    case 'pass':
      return style.good('✓')
    case 'fail':
      return style.bad('✗')
    case 'inconclusive':
      return style.warn('?')
  }
}

/** ✓ or ✗. */
export function truthMark(holds: boolean, style: Style): string {
  return outcomeMark(holds ? 'pass' : 'fail', style)
}

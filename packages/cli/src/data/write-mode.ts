import type { WriteMode } from '@qmtl/market'
import { Misuse } from '../command/misuse.ts'

/** What `--merge` and `--replace` say. */
export interface ModeRequest {
  readonly merge: boolean
  readonly replace: boolean
}

/** What to do where bars are stored already. Throws `Misuse` for both flags. */
export function modeOf({ merge, replace }: ModeRequest): WriteMode {
  if (merge && replace) throw new Misuse('--merge', '', 'and --replace exclude each other')
  return merge ? 'merge' : replace ? 'replace' : 'new'
}

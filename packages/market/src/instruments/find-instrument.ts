import { QmtlError, suggestName } from '@qmtl/contracts'
import type { Instrument } from './instrument.ts'

/** The instrument with this id. Throws `E_UNKNOWN_INSTRUMENT` naming the nearest or all known ids. */
export function findInstrument(instruments: Iterable<Instrument>, id: string): Instrument {
  const known = [...instruments]
  const found = known.find((instrument) => instrument.id === id)
  if (found) return found
  const ids = known.map((instrument) => instrument.id)
  throw new QmtlError('E_UNKNOWN_INSTRUMENT', `no instrument '${id}'; ${suggestName(id, ids)}`, {
    details: { known: ids },
    hint: `use one of ${ids.join(', ')}`,
  })
}

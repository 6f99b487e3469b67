import { QmtlError, formatInterval, type CallOptions } from '@qmtl/contracts'
import { barAt, barsBetween, firstBarFrom, type BarColumns } from '../bars/bar-columns.ts'
import { readBarsCsv, type ReadBarsOptions } from '../csv/read-bars-csv.ts'
import { findInstrument } from '../instruments/find-instrument.ts'
import { defineInstrument, type Instrument } from '../instruments/instrument.ts'
import type { MarketData } from '../ports.ts'

/** Bars kept in memory, with the terms of what they belong to. */
export interface RecordedBars {
  readonly instrument: Instrument
  readonly columns: BarColumns
}

/** One CSV file of one instrument; its terms are those of `defineInstrument` where only the id is given. */
export interface CsvFile extends Omit<ReadBarsOptions, 'instrument' | 'calendar'> {
  readonly instrument: string | Instrument
  readonly content: string | Uint8Array
}

/**
 * A market of recorded bars, each instrument in the intervals it was recorded in: another interval is `E_DATA_INTERVAL`, never
 * a silent roll-up. The stream ends with the recording.
 */
export function createRecordedMarket(recordings: readonly RecordedBars[]): MarketData {
  const instruments = new Map(recordings.map(({ instrument }) => [instrument.id, instrument]))
  const barsOf = (id: string, intervalMs: number): BarColumns => {
    const instrument = findInstrument(instruments.values(), id)
    const own = recordings
      .filter((recording) => recording.instrument.id === instrument.id)
      .map(({ columns }) => columns)
    return own.find((columns) => columns.intervalMs === intervalMs) ?? refuseInterval(id, intervalMs, own)
  }
  return {
    instrument: (id) => findInstrument(instruments.values(), id),
    async history({ instrument, intervalMs, fromMs, toMs }, { signal }: CallOptions) {
      signal?.throwIfAborted()
      return barsBetween(barsOf(instrument, intervalMs), fromMs, toMs)
    },
    async *stream({ instrument, intervalMs, fromMs }, { signal }) {
      const columns = barsOf(instrument, intervalMs)
      for (let index = firstBarFrom(columns, fromMs); index < columns.length; index++) {
        if (signal?.aborted) return
        yield barAt(columns, index)
      }
    },
  }
}

/** A market of CSV files, read at once. Throws what `readBarsCsv` throws. */
export function createCsvMarket(files: readonly CsvFile[]): MarketData {
  return createRecordedMarket(
    files.map(({ instrument: idOrTerms, content, ...options }) => {
      const instrument = typeof idOrTerms === 'string' ? defineInstrument(idOrTerms) : idOrTerms
      const { id, calendar } = instrument
      return { instrument, columns: readBarsCsv(content, { ...options, instrument: id, calendar }) }
    }),
  )
}

function refuseInterval(id: string, intervalMs: number, own: readonly BarColumns[]): never {
  const recorded = own.map((columns) => formatInterval(columns.intervalMs)).join(', ')
  throw new QmtlError('E_DATA_INTERVAL', `${id} was recorded in ${recorded}, not in ${formatInterval(intervalMs)}`, {
    hint: `give a file of ${formatInterval(intervalMs)} bars, or use ${recorded} in the strategy`,
  })
}

import { Misuse } from '../command/misuse.ts'
import { anyText, defaulted, optional, type OptionSpec, type Reader } from '../command/options.ts'

/** Folder of the store, in the working folder, where none is named. */
export const defaultStore = '.qmtl/data'

/** `--store`: the folder of a store of bars. */
export const storeOption = defaulted('--store <DIR>', 'folder of the stored bars', defaultStore, anyText)

/** An instrument's id. */
export const instrumentText: Reader<string> = (text, flag) => {
  if (!/^\S+\.[^\s.]+$/.test(text))
    throw new Misuse(flag, text, 'must be an instrument SYMBOL.VENUE, such as BTC-USD.SIM')
  return text
}

/** An interval, as text. */
export const intervalText: Reader<string> = (text, flag) => {
  if (!/^[1-9]\d{0,5}[smhd]$/.test(text)) throw new Misuse(flag, text, 'must be an interval such as 1m, 4h or 1d')
  return text
}

/** `--calendar`: whose hours count. */
export const calendarOption = optional(
  '--calendar <ID>',
  'hours of the market, such as XNYS, CME-EQUITY or 24/7; those of the venue where absent',
  anyText,
)

/** `--interval`: which of an instrument's bars. */
export const intervalOption = (doc: string): OptionSpec<string | undefined> =>
  optional('--interval <INTERVAL>', doc, intervalText)

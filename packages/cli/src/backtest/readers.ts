import { Misuse } from '../command/misuse.ts'
import type { Reader } from '../command/options.ts'

/** A file of bars, and the instrument it is said to hold. */
export interface DataFile {
  readonly instrument: string | undefined
  /** As the user wrote it. */
  readonly path: string
}

/** `ID=FILE` or `FILE`. What stands before the first `=` is an id only if it looks like one: paths may hold an `=`. */
export const dataFile: Reader<DataFile> = (text, flag) => {
  const [, instrument, named = ''] = /^([^=/\\\s]+\.[A-Za-z0-9_-]+)=(.*)$/s.exec(text) ?? []
  const path = instrument === undefined ? text : named
  if (path === '') throw new Misuse(flag, text, 'needs a file')
  return { instrument, path }
}

/** An RFC 3339 instant or a date, as text; its calendar is checked when it is used. */
export const instantText: Reader<string> = (text, flag) => {
  if (!/^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text)) throw new Misuse(flag, text, 'must be a UTC time such as 2024-01-31')
  return text
}

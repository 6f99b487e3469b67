/** Where text goes: a terminal, a pipe or a file. */
export interface Screen {
  write(text: string): void
  readonly isTerminal: boolean
  /** Columns of the terminal; undefined where it is none. */
  readonly columns: number | undefined
}

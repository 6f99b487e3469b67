/** Where a row stands: the file and its line, from 1. */
export interface RowPlace {
  readonly file: string
  readonly line: number
}

/** Remembers where rows stood, in the memory of their irregularities: most rows stand one line below the row before. */
export interface RowPlaces {
  /** The next row stands here. */
  note(file: string, line: number): void
  /** The place of a row, counted from 0 in the order noted. */
  placeOf(row: number): RowPlace
}

interface Stretch extends RowPlace {
  readonly row: number
}

export function createRowPlaces(): RowPlaces {
  const stretches: Stretch[] = []
  let lastFile = ''
  let nextLine = Number.NaN
  let row = 0
  return {
    note(file, line) {
      if (line !== nextLine || file !== lastFile) stretches.push({ row, file, line })
      lastFile = file
      nextLine = line + 1
      row += 1
    },
    placeOf(asked) {
      let from = 0
      let to = stretches.length
      while (from < to) {
        const middle = (from + to) >>> 1
        if (stretches[middle]!.row <= asked) from = middle + 1
        else to = middle
      }
      const { row: first, file, line } = stretches[from - 1] ?? { row: asked, file: lastFile, line: 1 }
      return { file, line: line + asked - first }
    },
  }
}

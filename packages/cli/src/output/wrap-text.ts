import { stripVTControlCharacters } from 'node:util'

/** Columns that a text takes on a terminal, colours aside. */
export function textWidth(text: string): number {
  return stripVTControlCharacters(text).length
}

export interface WrapOptions {
  /** Columns of a line, indent included. */
  readonly width: number
  /** Before the first line; the others are indented as far. */
  readonly lead?: string
}

/** Breaks a text between words; a word longer than a line stands alone. */
export function wrapText(text: string, { width, lead = '' }: WrapOptions): string {
  const indent = ' '.repeat(textWidth(lead))
  const lines = text.split('\n').flatMap((paragraph) => fill(paragraph, width - indent.length))
  return lines.map((line, index) => `${index === 0 ? lead : indent}${line}`).join('\n')
}

function fill(paragraph: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of paragraph.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

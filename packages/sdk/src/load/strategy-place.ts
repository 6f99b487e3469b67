/** A place in a strategy's files. Lines and columns count from 1. */
export interface StrategyPlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** `file:line:column`, as editors open it. */
export function placeText({ file, line, column }: StrategyPlace): string {
  return `${file}:${line}:${column}`
}

const frame = /(file:\/\/[^\s()?]+)\?qmtl=[^:\s()]*:(\d+):(\d+)/

/** Where in the strategy's files an error came from: its innermost frame there. `toPath` turns a file URL into a path. */
export function placeOf(error: unknown, toPath: (url: string) => string): StrategyPlace | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const [, url, line, column] = frame.exec(each.stack ?? '') ?? []
    if (url !== undefined) return { file: toPath(url), line: Number(line), column: Number(column) }
  }
  return undefined
}

/** What is wrong with the syntax of a file, as the module hooks report it. */
export interface SyntaxReport extends StrategyPlace {
  readonly message: string
}

/** The report that the module hooks put on their error, on whichever thread they ran. */
export function syntaxReportOf(error: unknown): SyntaxReport | undefined {
  if (typeof error !== 'object' || error === null || !('strategySyntax' in error)) return undefined
  const report = error.strategySyntax
  return isSyntaxReport(report) ? report : undefined
}

function isSyntaxReport(value: unknown): value is SyntaxReport {
  return typeof value === 'object' && value !== null && 'file' in value && 'line' in value && 'message' in value
}

/**
 * Line in a file of a line within a function's text. Of several equal functions the one nearest to `near` counts; nothing
 * where the file does not hold the text.
 */
export function lineInFile(code: string, functionText: string, line: number, near: number): number | undefined {
  let best: number | undefined
  for (let at = code.indexOf(functionText); at !== -1; at = code.indexOf(functionText, at + 1)) {
    const first = code.slice(0, at).split('\n').length
    if (best === undefined || Math.abs(first - near) < Math.abs(best - near)) best = first
  }
  return best === undefined ? undefined : best + line - 1
}

import { parse } from 'acorn'
import { childOf, childrenOf, isFunctionNode, isSyntaxNode, type SyntaxNode } from './syntax-tree.ts'

/** Any function; what it takes is checked by reading its code. */
export type AnyFunction = (...args: never[]) => unknown

/** A function's own text and its syntax tree. */
export interface FunctionSource {
  /** The text as the running program holds it. */
  readonly text: string
  /** The whole program that was parsed: the function, wrapped. */
  readonly program: SyntaxNode
  /** The function itself inside `program`. */
  readonly root: SyntaxNode
  /** The same function as an expression that stands for itself: a method by its parameters and body. */
  readonly expression: string
  /** Line of a node within `text`, from 1. */
  lineOf(node: SyntaxNode): number
}

/** The function cannot be read; `reason` says why. */
export interface UnreadableFunction {
  readonly reason: string
}

/** Reads a function's text and parses it as strict code of ES2024. */
export function readFunction(subject: AnyFunction): FunctionSource | UnreadableFunction {
  const text = Function.prototype.toString.call(subject)
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) {
    return { reason: 'it is a native or bound function, whose code cannot be read; write it out' }
  }
  if (/^class\b/.test(text)) return { reason: 'it is a class; write a function' }
  if (isSloppy(subject)) return { reason: 'it is not strict code; write it in an ES module' }
  return parseFunction(text)
}

// Modules read them as operators, scripts as comments: the text would be two functions.
const scriptComment = /<!--|(?:^|\*\/)\s*-->/m

/** Parses the text of one function: a function or arrow expression, a declaration or a method. */
export function parseFunction(text: string): FunctionSource | UnreadableFunction {
  if (scriptComment.test(text)) return { reason: 'it holds `<!--` or a line with `-->`; put blanks between the signs' }
  const parsed = parseExpression(`(${text}\n)`)
  if (parsed !== undefined && isFunctionNode(parsed.root)) return { ...sourceOf(text, 1, parsed), expression: text }
  const literal = parseExpression(`({${text}\n})`)
  const property = literal === undefined ? undefined : childrenOf(literal.root, 'properties')[0]
  const method = property === undefined ? undefined : childOf(property, 'value')
  if (literal === undefined || !isFunctionNode(method)) {
    return { reason: 'its code is not a function of ES2024 in strict mode' }
  }
  if (property?.['kind'] !== 'init') return { reason: 'it is a getter or setter; write a method' }
  const expression = `function ${text.slice(method.start - 2)}`
  return { ...sourceOf(text, 2, { program: literal.program, root: method }), expression }
}

function sourceOf(
  text: string,
  wrapped: number,
  { program, root }: ParsedExpression,
): Omit<FunctionSource, 'expression'> {
  const lineOf = ({ start }: SyntaxNode): number => text.slice(0, Math.max(0, start - wrapped)).split('\n').length
  return { text, program, root, lineOf }
}

interface ParsedExpression {
  readonly program: SyntaxNode
  readonly root: SyntaxNode
}

function parseExpression(code: string): ParsedExpression | undefined {
  try {
    const program: unknown = parse(code, { ecmaVersion: 2024, sourceType: 'module', ranges: true })
    const statements = isSyntaxNode(program) ? childrenOf(program, 'body') : []
    const root =
      statements.length === 1 && statements[0] !== undefined ? childOf(statements[0], 'expression') : undefined
    return isSyntaxNode(program) && root !== undefined ? { program, root } : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Only sloppy functions own these members (methods and arrows never do, whatever their mode). */
function isSloppy(subject: object): boolean {
  return Object.hasOwn(subject, 'arguments') || Object.hasOwn(subject, 'caller')
}

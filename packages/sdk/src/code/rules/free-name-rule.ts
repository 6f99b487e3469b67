import { allowedGlobals, refusedGlobals, type AllowedGlobal } from '../allowed-globals.ts'
import { globalMember, type NameTable, type Site } from '../name-table.ts'
import { isIdentifier, textOf } from '../syntax-tree.ts'
import { isCalled, type ClosureRule } from './closure-rule.ts'

/** Names from outside: none but the allowed globals, and those only in place. */
export const refuseFreeName: ClosureRule = (site, { names }) => {
  const { node } = site
  if (!isIdentifier(node) || !names.isFree(node)) return undefined
  const name = textOf(node)
  const allowed = Object.hasOwn(allowedGlobals, name) ? allowedGlobals[name] : undefined
  return allowed === undefined ? refuseOutside(name) : refuseGlobalUse(name, allowed, site, names)
}

function refuseOutside(name: string): string {
  const reason = Object.hasOwn(refusedGlobals, name) ? refusedGlobals[name] : undefined
  if (reason !== undefined) return `'${name}' is refused: ${reason}`
  if (name.startsWith('cov_')) return `'${name}' is a counter of a coverage tool, which rewrote the function`
  if (name.startsWith('__vi')) return `'${name}' is an import, as a test runner writes it; pass it in through uses`
  return `'${name}' is a free variable`
}

function refuseGlobalUse(name: string, allowed: AllowedGlobal, site: Site, names: NameTable): string | undefined {
  const { parent, field, node } = site
  if (names.referenceAt(node)?.isWrite() === true)
    return `'${name}' belongs to the whole process; it cannot be assigned`
  if (allowed.constant === true || isPlainUse(allowed, site)) return undefined
  const member = field === 'object' ? globalMember(parent, names) : undefined
  if (member === undefined) return `'${name}' may only be used in place, as in ${exampleOf(name, allowed)}`
  return refuseGlobalMember(`${name}.${member}`, member, allowed, names.siteOf(parent))
}

function isPlainUse(allowed: AllowedGlobal, { parent, field }: Site): boolean {
  if (field !== 'callee') return false
  return parent.type === 'NewExpression' ? allowed.construct === true : allowed.call === true
}

function refuseGlobalMember(
  shown: string,
  member: string,
  allowed: AllowedGlobal,
  site: Site | undefined,
): string | undefined {
  if (allowed.constants?.includes(member) === true) return undefined
  if (allowed.functions?.includes(member) === true) return isCalled(site) ? undefined : `'${shown}' may only be called`
  return shown === 'Math.random' ? `'${shown}' is refused: it reads chance` : `'${shown}' is refused`
}

function exampleOf(name: string, { functions, call, construct }: AllowedGlobal): string {
  if (call === true) return `${name}(…)`
  return construct === true ? `new ${name}(…)` : `${name}.${functions?.[0] ?? ''}(…)`
}

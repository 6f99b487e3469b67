import type { NameTable, Site } from '../name-table.ts'

/** What a rule may look at besides the site. */
export interface ClosureContext {
  readonly names: NameTable
  /** Place of the parameter that brings helper functions, if the function has one. */
  readonly helpersAt: number | undefined
}

/** Says why a construct at a site is refused, or nothing. */
export type ClosureRule = (site: Site, context: ClosureContext) => string | undefined

/** True where the node at the site is what a call calls. */
export function isCalled(site: Site | undefined): boolean {
  if (site?.parent.type === 'TaggedTemplateExpression') return site.field === 'tag'
  return site?.parent.type === 'CallExpression' && site.field === 'callee'
}

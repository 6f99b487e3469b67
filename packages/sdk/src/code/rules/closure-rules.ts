import type { ClosureRule } from './closure-rule.ts'
import { refuseFreeName } from './free-name-rule.ts'
import { refuseFunctionPlace, refuseHelperUse } from './function-place-rules.ts'
import { refuseMember, refusePropertyName } from './member-rules.ts'
import { refuseAccessor, refuseArguments, refuseFunctionKind, refuseNew, refuseSyntax } from './syntax-rules.ts'
import { refuseWrite } from './write-rule.ts'

/** All rules of a closed function. The first that speaks at a site is the one reported. */
export const closureRules: readonly ClosureRule[] = [
  refuseSyntax,
  refuseFunctionKind,
  refuseAccessor,
  refuseArguments,
  refuseFreeName,
  refuseHelperUse,
  refuseMember,
  refusePropertyName,
  refuseNew,
  refuseFunctionPlace,
  refuseWrite,
]

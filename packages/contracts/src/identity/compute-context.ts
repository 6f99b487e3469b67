import { Type, type Static } from 'typebox'
import { QmtlError } from '../errors/qmtl-error.ts'
import { isPlainText } from './plain-text.ts'

export const executionDomains = ['backtest', 'dryrun', 'live', 'shadow'] as const
/** Where a strategy's code runs. */
export type ExecutionDomain = (typeof executionDomains)[number]

export const effectiveModes = ['validate', 'compute-only', 'paper', 'live', 'shadow'] as const
/** What a world grants a strategy. */
export type EffectiveMode = (typeof effectiveModes)[number]

export const effectiveModeSchema = Type.Enum(effectiveModes)
export const executionDomainSchema = Type.Enum(executionDomains)

const domains: Readonly<Record<EffectiveMode, ExecutionDomain>> = {
  validate: 'backtest',
  'compute-only': 'backtest',
  paper: 'dryrun',
  live: 'live',
  shadow: 'shadow',
}

/** The one map from what a world grants to where code runs. */
export function domainOfMode(mode: EffectiveMode): ExecutionDomain {
  return domains[mode]
}

/** True for one of the canonical modes; aliases are resolved at the public edge only. */
export function isEffectiveMode(value: unknown): value is EffectiveMode {
  return effectiveModes.some((mode) => mode === value)
}

/** True for one of the canonical domains. */
export function isExecutionDomain(value: unknown): value is ExecutionDomain {
  return executionDomains.some((domain) => domain === value)
}

export const downgradeReasons = ['decision_unavailable', 'missing_as_of', 'stale_decision'] as const
export type DowngradeReason = (typeof downgradeReasons)[number]

export const computeContextSchema = Type.Object(
  {
    world_id: Type.Union([Type.String(), Type.Null()]),
    execution_domain: executionDomainSchema,
    as_of: Type.Union([Type.String(), Type.Null()]),
    partition: Type.Union([Type.String(), Type.Null()]),
    dataset_fingerprint: Type.Union([Type.String(), Type.Null()]),
    downgraded: Type.Boolean(),
    downgrade_reason: Type.Union([Type.Enum(downgradeReasons), Type.Null()]),
    safe_mode: Type.Boolean(),
  },
  { additionalProperties: false },
)
/** In what world, domain and data snapshot a node computes, after the safe-mode rule. */
export type ComputeContext = Readonly<Static<typeof computeContextSchema>>

export interface ContextRequest {
  readonly world_id?: string | null
  /** As decided or asked for; anything but a canonical domain counts as absent. */
  readonly execution_domain?: string | null
  readonly as_of?: string | null
  readonly partition?: string | null
  readonly dataset_fingerprint?: string | null
}

/**
 * The safe-mode rule: a missing or unknown domain, and a simulated domain without `as_of`, become `backtest` without
 * `as_of`, marked as downgraded; `live` and `shadow` stay as they are. Throws `E_INVALID_REQUEST` for a control character or
 * a lone surrogate, by which two contexts could get one key.
 */
export function computeContextOf(request: ContextRequest): ComputeContext {
  const asOf = partOf(request, 'as_of')
  const reason = downgradeReason(request.execution_domain, asOf)
  return {
    world_id: partOf(request, 'world_id'),
    execution_domain:
      reason === null && isExecutionDomain(request.execution_domain) ? request.execution_domain : 'backtest',
    as_of: asOf,
    partition: partOf(request, 'partition'),
    dataset_fingerprint: partOf(request, 'dataset_fingerprint'),
    downgraded: reason !== null,
    downgrade_reason: reason,
    safe_mode: reason !== null,
  }
}

/** Forces a context onto the safe side, as for a decision that is unavailable or stale. */
export function downgradeContext(context: ComputeContext, reason: DowngradeReason): ComputeContext {
  return { ...context, execution_domain: 'backtest', downgraded: true, downgrade_reason: reason, safe_mode: true }
}

function downgradeReason(domain: string | null | undefined, asOf: string | null): DowngradeReason | null {
  if (!isExecutionDomain(domain)) return 'decision_unavailable'
  return (domain === 'backtest' || domain === 'dryrun') && asOf === null ? 'missing_as_of' : null
}

/** The trimmed text, null for a blank one. */
function partOf(request: ContextRequest, name: Exclude<keyof ContextRequest, 'execution_domain'>): string | null {
  const text = request[name]?.trim() ?? ''
  if (isPlainText(text)) return text === '' ? null : text
  const message = 'holds a control character or a lone surrogate'
  throw new QmtlError('E_INVALID_REQUEST', `${name} ${message}`, { errors: [{ path: `/${name}`, message }] })
}

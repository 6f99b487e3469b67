import {
  assertNever,
  contentHash,
  type DecisionEnvelope,
  type EffectiveMode,
  type ExecutionDomain,
  type World,
} from '@qmtl/contracts'
import { orderStopOf } from './order-stop.ts'

/** What a decision rests on. */
export interface DecisionInput {
  readonly world: World
  readonly hasBindings: boolean
  /** True while at least one strategy is active by the last apply. */
  readonly hasDecisions: boolean
}

export interface GrantedMode {
  readonly mode: EffectiveMode
  /** Tokens, the facts in order first, what limits the mode last. */
  readonly reasons: readonly string[]
}

/**
 * What a world grants: the mode of its domain, and nothing above `compute-only` unless every safety gate passes. First match
 * wins; each refusal can only lower the mode.
 */
export function decideMode({ world, hasBindings, hasDecisions }: DecisionInput): GrantedMode {
  if (!hasBindings) return { mode: 'validate', reasons: ['no_bindings'] }
  if (!hasDecisions) return { mode: 'validate', reasons: ['no_active_strategies'] }
  const facts = ['bindings_present', 'decisions_present']
  const stop = orderStopOf(world)
  if (stop !== undefined) return { mode: 'compute-only', reasons: [...facts, stop] }
  const domain = world.current_domain ?? 'backtest'
  const allowed = domain === 'live' ? ['allow_live'] : []
  return { mode: modeOfDomain(domain), reasons: [...facts, ...allowed, `domain_${domain}`] }
}

/** The mode of a domain that nothing limits. */
export function modeOfDomain(domain: ExecutionDomain): EffectiveMode {
  switch (domain) {
    case 'backtest':
      return 'compute-only'
    case 'dryrun':
      return 'paper'
    case 'shadow':
      return 'shadow'
    case 'live':
      return 'live'
    default:
      return assertNever(domain)
  }
}

/** How long a consumer may keep a decision before it asks again. */
export const decisionTtlSeconds = 300

/** The decision of a world as it goes out. Equal decisions have equal etags. */
export function decisionEnvelopeOf(input: DecisionInput): DecisionEnvelope {
  const { mode, reasons } = decideMode(input)
  const { world_id, default_policy_version, data } = input.world
  const content = {
    world_id,
    policy_version: default_policy_version,
    effective_mode: mode,
    reason: reasons.join(' & '),
    as_of: data.as_of,
    dataset_fingerprint: null,
    ttl: `${decisionTtlSeconds}s`,
  }
  const digest = contentHash(content).slice('blake3:'.length, 'blake3:'.length + 16)
  return { ...content, etag: `w:${world_id}:v${default_policy_version}:${data.as_of}:${digest}` }
}

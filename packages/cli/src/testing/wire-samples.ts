import type {
  ApplyAck,
  AuditEntry,
  DecisionEnvelope,
  Evaluation,
  Explanation,
  FreezeResult,
  Plan,
  PolicyVersion,
  StrategyStatus,
  Verdict,
  World,
} from '@qmtl/contracts'
import type { SubmitReport } from '../strategies/submit-text.ts'
import { styleFor, type Style } from '../output/style.ts'

/** A style without colours. */
export function plainStyle(columns = 100): Style {
  return styleFor({ write: () => undefined, isTerminal: false, columns }, {})
}

/** The style of a terminal with colours. */
export function terminalStyle(): Style {
  return styleFor({ write: () => undefined, isTerminal: true, columns: 100 }, {})
}

export const samplePlan: Plan = {
  plan_number: 1,
  strategy_id: 's-1',
  version: 'v1',
  context: {
    world_id: 'demo',
    execution_domain: 'backtest',
    as_of: '2024-01-01T00:00:00Z',
    partition: null,
    dataset_fingerprint: null,
    downgraded: false,
    downgrade_reason: null,
    safe_mode: false,
  },
  nodes: [
    { node_id: 'n1', node_type: 'bars', compute_key: 'k1', decision: 'reuse', topic: 'bars_btc_1h_n1' },
    { node_id: 'n2', node_type: 'sma', compute_key: 'k2', decision: 'create', topic: 'sma_n2' },
    { node_id: 'n3', node_type: 'positionTarget', compute_key: 'k3', decision: 'new_binding', topic: null },
  ],
  reused: 1,
  created: 2,
  buffered: 0,
  queue_map: {},
  sentinel_id: null,
  crc32: 1,
  created_at: '2024-04-02T00:00:00Z',
}

export const sampleStatus: StrategyStatus = {
  strategy_id: 's-1',
  name: 'golden-cross',
  version: 'v1',
  dag_hash: 'blake3:1',
  world_ids: ['demo', 'lab'],
  status: 'completed',
  submitted_at: '2024-04-02T10:11:12Z',
  downgraded: false,
  downgrade_reason: null,
  safe_mode: false,
  warnings: [],
  plan: samplePlan,
  error: null,
  world_errors: [],
}

export const sampleSubmit: SubmitReport = {
  strategy_id: 's-1',
  name: 'golden-cross',
  version: 'v1',
  world_ids: ['demo'],
  duplicate: false,
  dry_run: false,
  nodes: 3,
  reused: 1,
  created: 2,
  status: 'completed',
  downgraded: false,
  downgrade_reason: null,
  warnings: [],
  plan: samplePlan,
  error: null,
}

const open = (gate: string, reason: string) => ({
  gate,
  open: true,
  reason,
  since: '2024-04-02T00:00:00Z',
  opens_when: null,
})
const closedGate = {
  gate: 'decision',
  open: false,
  reason: 'not_active',
  since: null,
  opens_when: 'an apply makes it active: qmtl world apply',
}

export const sampleExplanation: Explanation = {
  strategy_id: 's-1',
  world_id: 'demo',
  trading: false,
  first_closed: closedGate,
  gates: [open('world', 'the world is active'), open('policy', 'policy version 1'), closedGate],
}

export const tradingExplanation: Explanation = {
  ...sampleExplanation,
  trading: true,
  first_closed: null,
  gates: [open('world', 'the world is active')],
}

export const sampleWorld: World = {
  world_id: 'demo',
  data: { preset: 'synthetic', as_of: '2024-01-01T00:00:00Z', history_start: '2023-07-01T00:00:00Z' },
  name: 'Demo desk',
  description: '',
  owner: '',
  labels: [],
  state: 'ACTIVE',
  allow_live: false,
  circuit_breaker: false,
  strategy_cash: '10000',
  fee_bps: 5,
  slippage_bps: 2,
  max_order_notional: null,
  default_policy_version: 1,
  current_domain: 'dryrun',
  epoch: 4,
  frozen: false,
  created_at: '2024-04-01T00:00:00Z',
  updated_at: '2024-04-01T00:00:00Z',
}

export const sampleDecision: DecisionEnvelope = {
  world_id: 'demo',
  policy_version: 1,
  effective_mode: 'paper',
  reason: 'promoted',
  as_of: '2024-01-01T00:00:00Z',
  dataset_fingerprint: null,
  ttl: '300s',
  etag: 'w:1',
}

export const samplePolicy: PolicyVersion = {
  world_id: 'demo',
  version: 1,
  policy: { thresholds: { sharpe: { min: 0.5 } }, top_k: { k: 2 } },
  checksum: `blake3:${'a'.repeat(64)}`,
  status: 'ACTIVE',
  created_by: 'local',
  created_at: '2024-04-01T00:00:00Z',
}

const evidenceGate = {
  gate: 'evidence',
  outcome: 'pass',
  value: 'backtest',
  threshold: 'as of 2024-01-01T00:00:00Z',
  sample: 4416,
} as const

const passing: Verdict = {
  strategy_id: 's-1',
  outcome: 'pass',
  gates: [
    evidenceGate,
    {
      gate: 'sharpe >= 0.5',
      outcome: 'pass',
      value: 1.23456,
      threshold: '>= 0.5',
      sample: 184,
      formula: 'sharpe.arith.365',
    },
  ],
  score: 1.1,
  rank: 1,
  statistics: {
    total_return: { value: 0.1234, formula: 'total_return.compound', unit: 'fraction', sample: 4416 },
    sharpe: { value: 1.23456, formula: 'sharpe.arith.365', unit: 'ratio', sample: 184 },
  },
  supplied: [],
  data_fingerprint: null,
}

const failing: Verdict = {
  ...passing,
  strategy_id: 's-2',
  outcome: 'fail',
  gates: [
    evidenceGate,
    {
      gate: 'sharpe >= 0.5',
      outcome: 'fail',
      value: 0.2,
      threshold: '>= 0.5',
      sample: 184,
      reason: 'sharpe is 0.2, needs >= 0.5',
      remedy: 'raise sharpe by 0.3',
    },
  ],
  score: null,
  rank: null,
  statistics: {
    total_return: { value: -0.05, formula: 'total_return.compound', unit: 'fraction', sample: 4416 },
    sharpe: { value: null, formula: 'sharpe.arith.365', unit: 'ratio', sample: 0, reason: 'no variance' },
  },
  supplied: ['total_return'],
}

const unknown: Verdict = {
  ...passing,
  strategy_id: 's-3',
  outcome: 'inconclusive',
  gates: [
    {
      gate: 'evidence',
      outcome: 'inconclusive',
      value: null,
      threshold: 'as of 2024-01-01T00:00:00Z',
      sample: null,
      reason: 'no_evidence',
      remedy: 'wait for the runner to evaluate the strategy, or see that one runs',
    },
  ],
  score: null,
  rank: null,
  statistics: {},
}

export const sampleEvaluation: Evaluation = {
  world_id: 'demo',
  evaluation_run_id: 'eval-1',
  policy_version: 1,
  stage: 'backtest',
  active: ['s-1'],
  promote: ['s-1'],
  demote: [],
  verdicts: [passing, failing, unknown],
  evaluated_at: '2024-04-02T00:00:00Z',
}

export const sampleAck: ApplyAck = {
  ok: true,
  world_id: 'demo',
  run_id: 'r-1',
  phase: 'completed',
  active: ['s-1'],
  stages: [
    { stage: 'requested', ts: '2024-04-02T00:00:00Z' },
    { stage: 'freeze', ts: '2024-04-02T00:00:00.003Z' },
    { stage: 'switch', ts: '2024-04-02T00:00:01.500Z' },
  ],
}

export const sampleFreeze: FreezeResult = {
  world_id: 'demo',
  epoch: 5,
  frozen: true,
  gates: [
    { gate_id: 'sdk:embedded', outcome: 'acknowledged' },
    { gate_id: 'venue:SIM', outcome: 'expired' },
  ],
  in_flight: [],
  took_ms: 3.2,
}

export const sampleEntry: AuditEntry = {
  seq: 7,
  world_id: 'demo',
  actor: 'local',
  event: 'apply_stage',
  correlation_id: 'c-1',
  ts: '2024-04-02T00:00:01.500Z',
  data: { run_id: 'r-1', stage: 'switch' },
}

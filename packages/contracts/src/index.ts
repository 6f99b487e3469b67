export {
  createClient,
  inProcessTransport,
  fetchTransport,
  urlOf,
  type Transport,
  type Client,
  type FetchTransportOptions,
} from './api/client.ts'
export { tagSelection, tagQuerySchema, tagQueryReplySchema, dagManagerRoutes } from './api/dag-manager-routes.ts'
export {
  createGateLeaseHolder,
  type GateClient,
  type GateLeaseHolderOptions,
  type GateLeaseHolder,
} from './api/gate-lease-holder.ts'
export {
  submissionSchema,
  submissionReplySchema,
  strategyStates,
  strategyStatusSchema,
  streamTopics,
  subscriptionSchema,
  subscriptionReplySchema,
  worldTagQuerySchema,
  gatewayRoutes,
  type Submission,
  type SubmissionReply,
  type StrategyState,
  type StrategyStatus,
  type StreamTopic,
  type WorldTagQuery,
} from './api/gateway-routes.ts'
export { implement, type RouteImplementation } from './api/implement.ts'
export {
  defineRoute,
  type Role,
  type RouteContract,
  type RouteRequest,
  type RouteReply,
  type RawRequest,
  type RawReply,
  type Caller,
  type RequestContext,
} from './api/route.ts'
export { schemaCauses } from './api/schema-causes.ts'
export { worldRoutes } from './api/world-routes.ts'
export { nodeKinds, dagNodeSchema, dagSchema, dagVersionOf, type NodeKind, type DagNode, type Dag } from './dag/dag.ts'
export {
  nodeDecisions,
  plannedNodeSchema,
  planSchema,
  queueSchema,
  type NodeDecision,
  type PlannedNode,
  type Plan,
  type Queue,
} from './dag/plan.ts'
export { validateDag, topologicalOrder, type ValidDag, type DagLimits } from './dag/validate-dag.ts'
export {
  decimal,
  ZERO,
  ONE,
  plus,
  minus,
  times,
  dividedBy,
  negate,
  absolute,
  sign,
  isZero,
  compare,
  minimum,
  maximum,
  quantizeDown,
  quantizeNearest,
  decimalText,
  decimalNumber,
  type Decimal,
} from './decimal/decimal.ts'
export { createCauseList, mostCauses, type CauseList } from './errors/cause-list.ts'
export { errorTable, isErrorCode, type RetryAdvice, type ErrorEntry, type ErrorCode } from './errors/error-table.ts'
export { problemOf, errorOfProblem, type ProblemDocument } from './errors/problem.ts'
export { QmtlError, messageOf, type ErrorCause, type QmtlErrorOptions } from './errors/qmtl-error.ts'
export type { ServiceName, ControlEvent } from './events/control-event.ts'
export type {
  ActivationUpdated,
  WorldEpochChanged,
  PolicyUpdated,
  BindingsUpdated,
  QueueUpdated,
  WorldEvent,
  GraphEvent,
} from './events/world-events.ts'
export {
  evidenceStages,
  evidenceSeriesSchema,
  statisticValueSchema,
  statisticsSchema,
  type EvidenceStage,
  type EvidenceSeries,
  type StatisticValue,
  type Statistics,
} from './evidence/evidence.ts'
export { b3, createB3Hasher, sha256hex, type B3Hasher } from './hash/hash.ts'
export { canonicalParams, excludedParamPaths, paramsBlob, tagList } from './identity/canonical-params.ts'
export { compareCodePoints } from './identity/code-point-order.ts'
export {
  executionDomains,
  effectiveModes,
  effectiveModeSchema,
  executionDomainSchema,
  domainOfMode,
  isEffectiveMode,
  isExecutionDomain,
  downgradeReasons,
  computeContextSchema,
  computeContextOf,
  downgradeContext,
  type ExecutionDomain,
  type EffectiveMode,
  type DowngradeReason,
  type ComputeContext,
  type ContextRequest,
} from './identity/compute-context.ts'
export { computeKeyOf, computeKeysIn, evalKeyOf, type EvalKeyParts } from './identity/context-keys.ts'
export {
  excludedParameterNames,
  isExcludedParameter,
  type NodeId,
  type ComputeKey,
  type NodeIdentityFields,
} from './identity/node-fields.ts'
export { nodeIdOf, serialOf, schemaCompatId, dependenciesOf } from './identity/node-id.ts'
export {
  partitionKeyOf,
  parsePartitionKey,
  inputWindowHash,
  bucketMessageKey,
  submissionMessageKey,
  dagHashOf,
  documentHash,
  codeTextHash,
  contentHash,
  nodeIdsCrc32,
  canaryScore,
  type PartitionKeyParts,
  type InputWindow,
  type DagIdentity,
} from './identity/record-keys.ts'
export { canonicalJson } from './json/canonical-json.ts'
export { deepestJson, isDeeperThan } from './json/json-depth.ts'
export {
  closed,
  decimalSchema,
  positiveDecimalSchema,
  instantSchema,
  worldIdSchema,
  strategyIdSchema,
  instrumentSchema,
  intervalSchema,
  runIdSchema,
  jsonObjectSchema,
  nullableTextSchema,
} from './json/schemas.ts'
export { clientOrderIdOf, type OrderOrigin } from './orders/client-order-id.ts'
export { fillSchema, type Fill } from './orders/fill.ts'
export {
  orderTypes,
  timesInForce,
  orderStatuses,
  orderRequestSchema,
  orderSchema,
  isClosedOrder,
  type OrderType,
  type TimeInForce,
  type OrderStatus,
  type OrderRequest,
  type Order,
} from './orders/order.ts'
export { tradeRecordSchema, type TradeRecord } from './orders/trade-record.ts'
export { nearestName, suggestName } from './text/nearest-name.ts'
export { formatInstant, parseInstant } from './time/instant.ts'
export { intervalMs, formatInterval, durationMs } from './time/interval.ts'
export {
  assertNever,
  isJsonObject,
  type Brand,
  type JsonPrimitive,
  type JsonValue,
  type JsonObject,
  type Clock,
  type CallOptions,
} from './types.ts'
export {
  sides,
  sideSchema,
  activationEntrySchema,
  activationEnvelopeSchema,
  activationStateSchema,
  stateHashOf,
  activationEtag,
  activationPatchSchema,
  type Side,
  type ActivationEntry,
  type ActivationEnvelope,
  type ActivationState,
  type ActivationPatch,
} from './worlds/activation.ts'
export {
  applyPhases,
  applyRequestSchema,
  applyAckSchema,
  type ApplyPhase,
  type ApplyRequest,
  type ApplyAck,
} from './worlds/apply.ts'
export { auditEntrySchema, type AuditEntry } from './worlds/audit.ts'
export { decisionEnvelopeSchema, type DecisionEnvelope } from './worlds/decision.ts'
export { explainedGateSchema, explanationSchema, type ExplainedGate, type Explanation } from './worlds/explanation.ts'
export {
  gateLeaseMs,
  gateRenewMs,
  gateLeaseSchema,
  gateAckSchema,
  freezeResultSchema,
  type GateLease,
  type GateAck,
  type FreezeResult,
} from './worlds/gate-lease.ts'
export {
  isFreshLease,
  sideOfOrder,
  judgeOrder,
  type HeldLease,
  type GatedOrder,
  type GateVerdict,
} from './worlds/order-gate.ts'
export {
  gateTreeSchema,
  policySchema,
  policyVersionSchema,
  type GateTree,
  type Policy,
  type PolicyVersion,
} from './worlds/policy.ts'
export {
  outcomes,
  gateResultSchema,
  verdictSchema,
  evaluationSchema,
  type Outcome,
  type GateResult,
  type Verdict,
  type Evaluation,
} from './worlds/verdict.ts'
export {
  worldDataSchema,
  worldCreateSchema,
  worldUpdateSchema,
  worldSchema,
  type WorldData,
  type WorldCreate,
  type WorldUpdate,
  type World,
} from './worlds/world.ts'

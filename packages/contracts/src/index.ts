export {
  createClient,
  inProcessTransport,
  fetchTransport,
  urlOf,
  type Transport,
  type Client,
  type FetchTransportOptions,
} from './api/client.ts'
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
export { errorTable, isErrorCode, type RetryAdvice, type ErrorEntry, type ErrorCode } from './errors/error-table.ts'
export { problemOf, errorOfProblem, type ProblemDocument } from './errors/problem.ts'
export { QmtlError, messageOf, type ErrorCause, type QmtlErrorOptions } from './errors/qmtl-error.ts'
export { type ServiceName, type ControlEvent } from './events/control-event.ts'
export { b3, sha256hex } from './hash/hash.ts'
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
export { computeKeyOf, evalKeyOf, type EvalKeyParts } from './identity/context-keys.ts'
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

/** What a client may do about a refusal: nothing will help, the same call may pass later, or after a change of the request or state. */
export type RetryAdvice = 'never' | 'later' | 'after-change'

export interface ErrorEntry {
  readonly status: number
  readonly retry: RetryAdvice
  /** What the code means, one clause. */
  readonly meaning: string
  /** The next step for whoever sees it. */
  readonly action: string
}

const entry = (status: number, retry: RetryAdvice, meaning: string, action: string): ErrorEntry => ({
  status,
  retry,
  meaning,
  action,
})

/** Every error code of QMTL: HTTP status, retry advice, meaning and next step. */
export const errorTable = {
  // requests
  E_INVALID_REQUEST: entry(
    422,
    'after-change',
    'the request does not fit its schema',
    'correct the members named in errors',
  ),
  E_INVALID_JSON: entry(400, 'after-change', 'the body is not valid JSON', 'send one JSON document in UTF-8'),
  E_TOO_LARGE: entry(
    413,
    'after-change',
    'the body or DAG is over its limit',
    'send less, or raise the limit in the configuration',
  ),
  E_MEDIA_TYPE: entry(
    415,
    'after-change',
    'the body is in a format that the route does not read',
    'send application/json, plain or with gzip',
  ),
  E_NOT_FOUND: entry(404, 'never', 'no such route or resource', 'check the path and the id'),
  E_METHOD_NOT_ALLOWED: entry(405, 'never', 'the route does not take this method', 'use a method that the route lists'),
  E_UNAUTHENTICATED: entry(401, 'after-change', 'no valid credential came with the request', 'send a bearer token'),
  E_PERMISSION_DENIED: entry(
    403,
    'after-change',
    'the caller may not do this',
    'ask for the role, or confirm live trading',
  ),
  E_RATE_LIMITED: entry(429, 'later', 'too many requests', 'wait as Retry-After says'),
  E_INTERNAL: entry(500, 'later', 'an unexpected failure', 'report it with the request id'),
  E_UNAVAILABLE: entry(503, 'later', 'a service this one needs does not answer', 'try again; look at /health'),
  E_TIMEOUT: entry(504, 'later', 'the work did not finish in time', 'try again with a longer wait'),
  E_STOPPING: entry(503, 'later', 'the process is stopping', 'try again when it is back'),
  E_DEGRADED: entry(503, 'later', 'the service protects itself', 'wait as Retry-After says'),

  // values and parameters
  E_INVALID_TIME: entry(422, 'after-change', 'not an RFC 3339 UTC instant', 'write it like 2024-01-31T00:00:00Z'),
  E_INVALID_INTERVAL: entry(422, 'after-change', 'not a bar interval', 'write it like 15m, 1h or 1d'),
  E_INVALID_DECIMAL: entry(422, 'after-change', 'not a decimal number', 'write digits with at most one point, as text'),
  E_INVALID_PARAMETER: entry(
    422,
    'after-change',
    'a parameter is outside its rule',
    'correct the parameters named in errors',
  ),
  E_NOT_CANONICAL: entry(
    422,
    'after-change',
    'the value has no canonical JSON form',
    'use finite numbers, safe integers and well-formed text',
  ),

  // strategies and their code
  E_STRATEGY_FILE: entry(
    422,
    'after-change',
    'the strategy file cannot be loaded',
    'correct the file at the place named',
  ),
  E_STRATEGY_SYNTAX: entry(
    422,
    'after-change',
    'the strategy file is not erasable TypeScript',
    'use types only; no enum, namespace or parameter property',
  ),
  E_STRATEGY_BUILD: entry(
    422,
    'after-change',
    'building the strategy failed',
    'correct the build function at the place named',
  ),
  E_NOT_CLOSED: entry(
    422,
    'after-change',
    'a node function reaches outside its arguments',
    'pass the value in as an input, a parameter or a helper in uses',
  ),
  E_RESERVED_NAME: entry(422, 'after-change', 'a parameter or role has a name that hashing drops', 'rename it'),
  E_MIXED_INTERVALS: entry(
    422,
    'after-change',
    'series of different intervals are wired together',
    'bring one to the interval of the other with align',
  ),
  E_DELAYED_INPUT: entry(422, 'after-change', 'a label reaches a decision', 'wire causal series only into intents'),
  E_NODE_FAILED: entry(
    422,
    'after-change',
    'a node function threw or gave no number',
    'correct the function at the place named',
  ),

  // graph and submissions
  E_INVALID_DAG: entry(400, 'after-change', 'the DAG is malformed', 'correct the members named in errors'),
  E_SCHEMA_INVALID: entry(400, 'after-change', 'the schema version is not supported', 'use schema_version v1'),
  E_NODE_ID_FIELDS: entry(
    400,
    'after-change',
    'identity fields of nodes are missing or malformed',
    'rebuild the DAG with the SDK',
  ),
  E_SCHEMA_COMPAT_MISMATCH: entry(400, 'after-change', 'schema_compat_id and schema_id differ', 'send one of them'),
  E_CHECKSUM_MISMATCH: entry(400, 'after-change', 'the node id checksum differs', 'send the nodes unchanged'),
  E_NODE_ID_MISMATCH: entry(
    400,
    'after-change',
    'a node id is not the id of its content',
    'rebuild the DAG with the SDK',
  ),
  E_UNKNOWN_NODE: entry(400, 'after-change', 'a dependency is not in the DAG', 'submit the whole graph'),
  E_DAG_CYCLE: entry(400, 'after-change', 'the DAG has a cycle', 'remove the cycle named'),
  E_DUPLICATE: entry(409, 'never', 'this DAG was submitted before', 'go on with the strategy_id given'),
  E_WORLD_IDS_REQUIRED: entry(422, 'after-change', 'no world is named', 'name at least one world in world_ids'),
  E_UNKNOWN_STRATEGY: entry(404, 'never', 'no such strategy', 'check the id with qmtl status'),
  E_SUBMISSION_LOG: entry(503, 'later', 'the submission log did not take the entry; nothing was kept', 'submit again'),
  E_CROSS_CONTEXT: entry(
    409,
    'never',
    'a result would cross worlds, domains, as_of or partitions',
    'report it; the reuse was refused',
  ),
  E_TOPIC_COLLISION: entry(409, 'never', 'a topic name is taken by another node', 'report it'),
  E_GRAPH_CORRUPT: entry(
    500,
    'never',
    'an invariant of the strategy graph is broken',
    'stop and restore from a backup',
  ),
  E_DAGMANAGER_UNAVAILABLE: entry(503, 'later', 'the DAG Manager does not answer', 'try again'),
  E_CODE_UNAVAILABLE: entry(
    409,
    'after-change',
    'no code is known for the strategy',
    'put the strategy file into the strategies folder',
  ),

  // worlds
  E_UNKNOWN_WORLD: entry(404, 'after-change', 'no such world', 'create it with qmtl world create'),
  E_WORLD_EXISTS: entry(409, 'never', 'a world with this id exists', 'choose another id'),
  E_INVALID_POLICY: entry(422, 'after-change', 'the policy is not valid', 'correct the places named in errors'),
  E_UNKNOWN_POLICY: entry(404, 'after-change', 'no such policy version', 'list the versions with qmtl world policy'),
  E_STALE_ETAG: entry(
    412,
    'after-change',
    'the entry changed since it was read',
    'read it again and repeat the change',
  ),
  E_APPLY_RUNNING: entry(409, 'later', 'another apply of the world is running', 'wait for it, or repeat its run_id'),
  E_RUN_ID_REUSED: entry(409, 'never', 'the run_id was used with another request', 'choose a new run_id'),
  E_APPLY_FAILED: entry(
    500,
    'after-change',
    'the apply failed and was rolled back; the world stays frozen',
    'read the audit, then apply again',
  ),
  E_ACTIVATION_NOT_FOUND: entry(404, 'after-change', 'no activation entry', 'bind and apply the strategy first'),
  E_NO_EVIDENCE: entry(409, 'later', 'no evidence for the strategy', 'evaluate the world first'),

  // orders
  E_ORDER_BLOCKED: entry(
    409,
    'after-change',
    'a gate is closed for the order',
    'see qmtl explain; the order is dropped, not kept',
  ),
  E_STALE_EPOCH: entry(
    409,
    'after-change',
    'the order was decided under an older activation epoch',
    'plan again under the current epoch',
  ),
  E_ORDER_REUSED: entry(
    409,
    'never',
    'the client_order_id was used for another order',
    'derive the id from world, strategy, instrument, bar and leg',
  ),
  E_ORDER_LIMIT: entry(422, 'after-change', 'the order exceeds a limit of the world', 'send a smaller order'),
  E_VENUE_REFUSED: entry(409, 'after-change', 'the venue refused the order', 'see the reason'),
  E_ORDER_CANCELED: entry(
    409,
    'never',
    'the order was canceled before it was filled',
    'nothing; the next bar plans anew',
  ),
  E_INSUFFICIENT_FUNDS: entry(409, 'after-change', 'the book cannot pay for the order', 'lower the target or add cash'),

  // events
  E_TOPICS: entry(422, 'after-change', 'no known topic is named', 'use queue, activation, policy, orders or strategy'),

  // data
  E_UNKNOWN_INSTRUMENT: entry(422, 'after-change', 'no such instrument', 'use one of the instruments listed'),
  E_INVALID_DATA: entry(422, 'after-change', 'the market data is malformed', 'correct the rows named in errors'),
  E_DATA_GAP: entry(422, 'after-change', 'bars are missing', 'fill the gap, or allow gaps explicitly'),
  E_DATA_INTERVAL: entry(
    422,
    'after-change',
    'the data has another interval than the strategy',
    'give bars of the interval named',
  ),
  E_DATA_MISSING: entry(422, 'after-change', 'no data for an instrument', 'name a file for it with --data'),
  E_DATA_EXISTS: entry(
    409,
    'after-change',
    'the store holds other bars of the instrument and interval',
    'import with --merge or --replace',
  ),

  // process, configuration, storage
  E_INVALID_CONFIG: entry(500, 'after-change', 'the configuration is not valid', 'correct the keys named in errors'),
  E_DATABASE_LOCKED: entry(
    500,
    'after-change',
    'another process has the database open',
    'stop it, or choose another directory',
  ),
  E_DATABASE_UNAVAILABLE: entry(503, 'later', 'the database does not answer', 'see that it runs'),
  E_MIGRATION: entry(
    500,
    'after-change',
    'the database was written by another release',
    'start the release that wrote it, or a newer one',
  ),
  E_PORT_IN_USE: entry(500, 'after-change', 'the port is taken', 'choose another port'),
  E_USAGE: entry(400, 'after-change', 'the command line is wrong', 'see --help'),
  E_FILE: entry(400, 'after-change', 'a file cannot be read or written', 'check the path'),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorTable

/** True for a code of the table. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code)
}

import { isJsonObject, type ControlEvent, type StreamTopic } from '@qmtl/contracts'

/** Something that subscribers may be told. */
export interface StreamEvent {
  readonly topic: StreamTopic
  readonly type: string
  /** The same fact has the same id. */
  readonly id: string
  /** RFC 3339 UTC. */
  readonly time: string
  /** Worlds it concerns; nothing for an event of every world. */
  readonly worldIds?: readonly string[] | undefined
  /** Strategy it concerns; nothing for an event of the whole world. */
  readonly strategyId?: string | undefined
  readonly data: unknown
}

/** What a ticket lets its holder see. */
export interface StreamScope {
  readonly worldId: string
  readonly strategyId?: string | undefined
  readonly topics: readonly StreamTopic[]
}

/** True for what the scope covers: its topics, its world and, where it names one, its strategy. */
export function isInScope(event: StreamEvent, scope: StreamScope): boolean {
  if (!scope.topics.includes(event.topic)) return false
  if (event.worldIds !== undefined && !event.worldIds.includes(scope.worldId)) return false
  return scope.strategyId === undefined || event.strategyId === undefined || event.strategyId === scope.strategyId
}

/** The CloudEvent of an event without its opening brace, so that each connection puts its own `seq_no` in front. */
export function frameOf({ id, type, time, data }: StreamEvent): string {
  const members = {
    specversion: '1.0',
    id,
    source: 'qmtl.gateway',
    type,
    time,
    datacontenttype: 'application/json',
    data,
  }
  return JSON.stringify(members).slice(1)
}

/** The text of a message: the frame behind the connection's number. */
export function numbered(frame: string, sequence: number): string {
  return `{"seq_no":${sequence},${frame}`
}

const topicOfType: Readonly<Record<string, StreamTopic>> = {
  activation_updated: 'activation',
  world_epoch_changed: 'activation',
  policy_updated: 'policy',
  bindings_updated: 'strategy',
  queue_updated: 'queue',
}

/** A control event as clients see it; nothing for one that is not theirs or whose schema version is not known. */
export function relayed(event: ControlEvent): StreamEvent | undefined {
  const topic = topicOfType[event.type]
  const { data } = event
  if (topic === undefined || !isJsonObject(data) || data['version'] !== 1) return undefined
  const { world_id: worldId, strategy_id: strategyId } = data
  return {
    topic,
    type: event.type === 'queue_updated' ? 'queue_update' : event.type,
    id: event.id,
    time: event.time,
    worldIds: typeof worldId === 'string' ? [worldId] : undefined,
    strategyId: typeof strategyId === 'string' ? strategyId : undefined,
    data,
  }
}

import type { Plan } from '@qmtl/contracts'
import type { KnownBinding, KnownNode, NodeRow, PlanRow, QueueContext, QueueRow, SentinelRow } from './records.ts'

/** What the store holds of the graph, as far as a group of diffs touches it. */
export interface KnownGraph {
  /** Highest position of a node, 0 for an empty graph. */
  readonly lastNode: number
  /** The same of queues. */
  readonly lastQueue: number
  /** By node id. */
  readonly nodes: ReadonlyMap<string, KnownNode>
  /** By compute key. */
  readonly bindings: ReadonlyMap<string, KnownBinding>
  /** By lower-cased name, as far as it was looked up: who holds the topic, or null for a free name. */
  readonly topics: ReadonlyMap<string, TopicHolder | null>
  /** By strategy; a strategy without plans may be absent. */
  readonly plans: ReadonlyMap<string, KnownPlans>
}

export interface KnownPlans {
  /** Highest plan number. */
  readonly latest: number
  /** By context key. */
  readonly byContext: ReadonlyMap<string, { readonly plan: Plan }>
}

export interface TopicHolder {
  readonly topic: string
  readonly nodeId: string
}

/** A name that was taken to be free, perhaps without having been looked up. */
export interface TopicClaim {
  readonly nodeId: string
  /** The name in lower case. */
  readonly topicKey: string
}

/** The queue set of a tag set changed: some queue came to carry exactly these tags, or ceased to. */
export interface TouchedTagSet extends TagScope {
  readonly tags: string
}

/** Where the tags of a queue count: tag queries name an interval and a whole context. */
export interface TagScope {
  readonly interval: number
  readonly context: QueueContext
  /** The same as `QueueRow` keeps it. */
  readonly queueContext: string
}

/** A queue with the tags that it is found by. */
export interface TaggedQueue extends TouchedTagSet {
  readonly position: number
}

/** What a group of diffs adds to the graph. */
export interface GraphChanges {
  readonly nodes: readonly NodeRow[]
  /** Known nodes with a new `buffering_since_ms`. */
  readonly changedNodes: readonly KnownNode[]
  readonly queues: readonly QueueRow[]
  /** Known queues with new tags. */
  readonly retaggedQueues: readonly KnownBinding[]
  /** Those of both that tag queries are to find. */
  readonly taggedQueues: readonly TaggedQueue[]
  readonly plans: readonly PlanRow[]
  readonly sentinels: readonly SentinelRow[]
  readonly touchedTagSets: readonly TouchedTagSet[]
  /** Names to look up before anything is written: if one is taken, the group is planned again. */
  readonly unverified: readonly TopicClaim[]
}

/** A node before it has a position. */
export type NewNode = Omit<NodeRow, 'position'>

/** A queue before it has a position. */
export type NewQueue = Omit<QueueRow, 'position'>

/** The known graph with the changes made so far on top, so that a later diff of a group sees what an earlier one adds. */
export interface GraphDraft {
  node(id: string): KnownNode | undefined
  binding(computeKey: string): KnownBinding | undefined
  /** Undefined where the name was not looked up. */
  topicHolder(topicKey: string): TopicHolder | null | undefined
  plans(strategyId: string): KnownPlans
  /** Returns the position that the node got. */
  addNode(node: NewNode): number
  /** Replaces the changeable member of a node. */
  changeNode(node: KnownNode): void
  /** Returns the position that the queue got. */
  addQueue(queue: NewQueue, scope: TagScope, claim: TopicClaim | undefined): number
  retagQueue(binding: KnownBinding, scope: TagScope, tags: string): void
  addPlan(row: PlanRow, plan: Plan): void
  addSentinel(row: SentinelRow): void
  changes(): GraphChanges
}

const noPlans: KnownPlans = { latest: 0, byContext: new Map() }

export function createGraphDraft(known: KnownGraph): GraphDraft {
  const nodes = new Map<string, NodeRow>()
  const changedNodes = new Map<string, KnownNode>()
  const queues = new Map<string, QueueRow>()
  const retagged = new Map<string, KnownBinding>()
  const holders = new Map<string, TopicHolder>()
  const plans = new Map<string, KnownPlans>()
  const planRows: PlanRow[] = []
  const sentinels = new Map<string, SentinelRow>()
  const tagged = new Map<number, TaggedQueue>()
  const touched = new Map<string, TouchedTagSet>()
  const unverified: TopicClaim[] = []

  function tag({ position, topic }: KnownBinding, scope: TagScope, tags: string): void {
    if (topic === null || scope.interval === 0 || tags === '[]') return
    tagged.set(position, { ...scope, position, tags })
    touched.set(`${scope.interval} ${tags} ${scope.queueContext}`, { ...scope, tags })
  }

  return {
    node: (id) => nodes.get(id) ?? changedNodes.get(id) ?? known.nodes.get(id),
    binding: (key) => queues.get(key) ?? retagged.get(key) ?? known.bindings.get(key),
    topicHolder: (key) => holders.get(key) ?? known.topics.get(key),
    plans: (strategyId) => plans.get(strategyId) ?? known.plans.get(strategyId) ?? noPlans,
    addNode(node) {
      const position = known.lastNode + nodes.size + 1
      nodes.set(node.node_id, { position, ...node })
      return position
    },
    changeNode(node) {
      const added = nodes.get(node.node_id)
      if (added) nodes.set(node.node_id, { ...added, buffering_since_ms: node.buffering_since_ms })
      else changedNodes.set(node.node_id, node)
    },
    addQueue(queue, scope, claim) {
      const position = known.lastQueue + queues.size + 1
      queues.set(queue.compute_key, { position, ...queue })
      tag({ position, ...queue }, scope, queue.tags)
      if (queue.topic === null || claim === undefined) return position
      if (known.topics.get(claim.topicKey) === undefined) unverified.push(claim)
      holders.set(claim.topicKey, { topic: queue.topic, nodeId: claim.nodeId })
      return position
    },
    retagQueue(binding, scope, tags) {
      const added = queues.get(binding.compute_key)
      if (added) queues.set(binding.compute_key, { ...added, tags })
      else retagged.set(binding.compute_key, { ...binding, tags })
      tag(binding, scope, binding.tags)
      tag(binding, scope, tags)
    },
    addPlan(row, plan) {
      const { byContext } = plans.get(row.strategy_id) ?? known.plans.get(row.strategy_id) ?? noPlans
      const extended = new Map(byContext).set(row.context_key, { plan })
      plans.set(row.strategy_id, { latest: row.plan_number, byContext: extended })
      planRows.push(row)
    },
    addSentinel: (row) => void sentinels.set(row.sentinel_id, row),
    changes: () => ({
      nodes: [...nodes.values()],
      changedNodes: [...changedNodes.values()],
      queues: [...queues.values()],
      retaggedQueues: [...retagged.values()],
      taggedQueues: [...tagged.values()],
      plans: planRows,
      sentinels: [...sentinels.values()],
      touchedTagSets: [...touched.values()],
      unverified,
    }),
  }
}

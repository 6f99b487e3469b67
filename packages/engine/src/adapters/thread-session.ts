import type { NodeId } from '@qmtl/contracts'
import type { BarColumns } from '@qmtl/market'
import { evaluateColumnar } from '../evaluate/evaluate-columnar.ts'
import { evaluateNode, type NodeColumns } from '../evaluate/node-columns.ts'
import type { ResultStore } from '../evaluate/result-store.ts'
import { nodeOfWire, type WireNode } from '../evaluate/wire-node.ts'
import type { NodeSpec } from '../graph/node-spec.ts'
import { summaryOf } from '../search/run-summary.ts'
import { tradeWindows, type TrialTerms } from '../search/trial-window.ts'
import { adoptResult, createColumnSharer, type ColumnSharer } from './shared-columns.ts'
import {
  wireErrorOf,
  type ThreadAnswer,
  type ThreadMessage,
  type ThreadNews,
  type ThreadRequest,
  type ThreadResults,
  type WireError,
} from './thread-messages.ts'

/** What a thread knows of the present run. */
interface Session {
  readonly bars: readonly BarColumns[]
  readonly trading: TrialTerms | undefined
  readonly nodes: Map<NodeId, NodeSpec>
  readonly results: Map<NodeId, NodeColumns>
  readonly sharer: ColumnSharer
}

/** The other side of the compute pool: takes messages in order and answers the requests among them. */
export function createThreadSession(answer: (message: ThreadAnswer) => void): (message: ThreadMessage) => void {
  let session = openSession({ bars: [], trading: undefined })
  return (message) => {
    if (message.kind !== 'request') {
      session = takeNews(session, message)
      return
    }
    const { id, request } = message
    try {
      answer({ id, result: perform(session, request) })
    } catch (thrown) {
      answer({ id, error: wireErrorOf(thrown) })
    }
  }
}

function openSession({ bars, trading }: Pick<Session, 'bars' | 'trading'>): Session {
  return { bars, trading, nodes: new Map(), results: new Map(), sharer: createColumnSharer() }
}

function takeNews(session: Session, news: ThreadNews): Session {
  if (news.kind === 'open') return openSession(news)
  addNodes(session, news.nodes)
  for (const result of news.results) session.results.set(result.node, adoptResult(result, session.results))
  return session
}

function addNodes({ nodes }: Session, wire: readonly WireNode[]): void {
  for (const each of wire) if (!nodes.has(each.id)) nodes.set(each.id, nodeOfWire(each, nodes))
}

function perform(session: Session, request: ThreadRequest): ThreadResults[keyof ThreadResults] {
  return request.kind === 'evaluate' ? evaluate(session, request.node) : backtest(session, request)
}

function evaluate(session: Session, id: NodeId): ThreadResults['evaluate'] {
  const failures: WireError[] = []
  const node = nodeIn(session, id)
  const columnsOf = (input: NodeSpec): NodeColumns => {
    const known = session.results.get(input.id)
    if (known === undefined) throw new RangeError(`node ${id} was asked for before its input ${input.id} was known`)
    return known
  }
  const result = evaluateNode(node, columnsOf, { onFailure: (error) => failures.push(wireErrorOf(error)) })
  return { result: session.sharer.result(id, result), failures }
}

function backtest(
  session: Session,
  { nodes, outputs }: ThreadRequest & { readonly kind: 'backtest' },
): ThreadResults['backtest'] {
  const { trading, bars } = session
  if (trading === undefined) throw new RangeError('a backtest was asked for in a run without trading terms')
  addNodes(session, nodes)
  const specs = outputs.map((id) => nodeIn(session, id))
  const evaluated = evaluateColumnar(specs, bars, { store: readOnlyStore(session.results) })
  const summaries = tradeWindows(specs, bars, evaluated, trading).map(summaryOf)
  // Nodes of a strategy of its own are not needed again; shared ones were told as news.
  for (const { id } of nodes) session.nodes.delete(id)
  return { summaries, evaluated: evaluated.evaluated }
}

function nodeIn({ nodes }: Session, id: NodeId): NodeSpec {
  const node = nodes.get(id)
  if (node === undefined) throw new RangeError(`node ${id} is not known to this thread`)
  return node
}

/** Results as a store that keeps nothing. */
export function readOnlyStore(results: ReadonlyMap<NodeId, NodeColumns>): ResultStore {
  return { find: ({ id }) => results.get(id), keep: () => undefined }
}

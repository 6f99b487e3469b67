import { PostgresAdapter, type CompiledQuery, type QueryExecutorProvider } from 'kysely'

/** One connection for statements that need nothing of each other's answers; they run in the order of the calls. */
export interface Pipeline {
  /** Gives the rows of all the statements together; it need not be awaited before the next call. */
  execute<Row>(queries: readonly CompiledQuery<Row>[]): Promise<readonly Row[]>
}

/**
 * Does `work` on one connection: that of the transaction given, or one of its own. On SQLite the statements are under way
 * while the process does something else, on PostgreSQL each is sent when the last is answered. Where one fails, `work`
 * should fail too.
 */
export function pipelined<Result>(
  runner: QueryExecutorProvider,
  work: (pipeline: Pipeline) => Promise<Result>,
): Promise<Result> {
  const executor = runner.getExecutor()
  return executor.provideConnection((connection) => {
    const run = async <Row>(query: CompiledQuery<Row>): Promise<readonly Row[]> =>
      (await connection.executeQuery<Row>(query)).rows
    const execute = executor.adapter instanceof PostgresAdapter ? inTurn(run) : run
    return work({
      async execute(queries) {
        const rows = await Promise.all(queries.map((query) => execute(query)))
        return rows.flat()
      },
    })
  })
}

type Execute = <Row>(query: CompiledQuery<Row>) => Promise<readonly Row[]>

/** Calls `run` for a statement when those before it have ended, whichever way. */
function inTurn(run: Execute): Execute {
  let last: Promise<unknown> = Promise.resolve()
  return (query) => {
    const rows = last.then(() => run(query))
    last = rows.catch(() => undefined)
    return rows
  }
}

import type { Compilable, CompiledQuery, Kysely } from 'kysely'

/** Items of one statement at most: SQLite takes 32,766 values, PostgreSQL 65,535, and no row here has more than 20. */
const largestSize = 256

/** A statement over a list of any length. */
export interface BatchStatement<Tables, Item, Row> {
  /** Runs it over the items in their order, in as few statements as the sizes allow; none for no items. */
  run(runner: Kysely<Tables>, items: readonly Item[]): Promise<readonly Row[]>
}

export interface BatchOptions<Tables, Item, Row> {
  /** Builds the statement for the items given; its parameters are those of each item, item after item. */
  build(runner: Kysely<Tables>, items: readonly Item[]): Compilable<Row>
  /** The parameters of one item, in the order in which `build` makes them. */
  parameters(item: Item): readonly unknown[]
  /** True where an item may stand in the list twice, as in `in (…)`: the list is filled up to the next size. */
  readonly repeatable: boolean
  /**
   * True where the answer is waited for: then nothing else of the process runs between the statements. Otherwise requests
   * get a turn after each, because SQLite answers without ever leaving the turn of the event loop.
   */
  readonly isUrgent?: boolean
}

/**
 * Building a statement of thousands of values takes the query builder longer than the database needs to run it. So each is
 * built once per size, sizes are powers of two, and later runs only bind values to a text that the driver keeps prepared.
 */
export function createBatchStatement<Tables, Item, Row>(
  options: BatchOptions<Tables, Item, Row>,
): BatchStatement<Tables, Item, Row> {
  const compiled = new Map<number, CompiledQuery<Row>>()

  function compile(runner: Kysely<Tables>, items: readonly Item[]): CompiledQuery<Row> {
    const known = compiled.get(items.length)
    if (known) return known
    const built = options.build(runner, items).compile()
    compiled.set(items.length, built)
    return built
  }

  return {
    async run(runner, items) {
      const rows: Row[] = []
      for (const batch of batchesOf(items, options.repeatable)) {
        const parameters: unknown[] = []
        for (const item of batch) parameters.push(...options.parameters(item))
        const result = await runner.executeQuery<Row>({ ...compile(runner, batch), parameters })
        rows.push(...result.rows)
        if (options.isUrgent !== true) await new Promise((resolve) => setImmediate(resolve))
      }
      return rows
    },
  }
}

function batchesOf<Item>(items: readonly Item[], repeatable: boolean): readonly (readonly Item[])[] {
  const batches: (readonly Item[])[] = []
  for (let start = 0; start < items.length;) {
    // A key asked for twice costs less than another statement, a row cannot be written twice.
    const round = repeatable ? Math.ceil : Math.floor
    const size = Math.min(largestSize, 2 ** round(Math.log2(items.length - start)))
    batches.push(filledUp(items.slice(start, start + size), size))
    start += size
  }
  return batches
}

function filledUp<Item>(batch: readonly Item[], size: number): readonly Item[] {
  const last = batch.at(-1)
  return last === undefined || batch.length === size
    ? batch
    : [...batch, ...Array<Item>(size - batch.length).fill(last)]
}

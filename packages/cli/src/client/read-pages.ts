/** One page of a list: `next_after` is the position of its last entry. */
export interface Page<Entry> {
  readonly entries: readonly Entry[]
  readonly next_after: number
}

/** Reads a list from `after` on until a page is empty. */
export async function readPages<Entry>(
  read: (after: number) => Promise<Page<Entry>>,
  after = 0,
): Promise<readonly Entry[]> {
  const all: Entry[] = []
  for (let position = after; ;) {
    const page = await read(position)
    if (page.entries.length === 0) return all
    all.push(...page.entries)
    position = page.next_after
  }
}

/** Entries that one request asks for: as many as the routes allow. */
export const pageSize = 1_000

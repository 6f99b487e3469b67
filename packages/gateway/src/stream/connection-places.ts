/** Connections of all subscribers at once. */
const mostConnections = 1_000
/** Connections of one subject at once, so that nobody takes every place. */
export const mostConnectionsOfSubject = 100

/** A place for a connection, or why there is none. */
export type Place =
  { readonly kind: 'free'; readonly leave: () => void } | { readonly kind: 'none'; readonly reason: string }

/** The places that subscribers share. */
export interface ConnectionPlaces {
  /** Takes a place for a subject until `leave` is called, once. */
  take(subject: string): Place
}

export function createConnectionPlaces(): ConnectionPlaces {
  const taken = new Map<string, number>()
  let all = 0

  function change(subject: string, by: 1 | -1): void {
    all += by
    const count = (taken.get(subject) ?? 0) + by
    if (count === 0) taken.delete(subject)
    else taken.set(subject, count)
  }

  return {
    take(subject) {
      const count = taken.get(subject) ?? 0
      if (count >= mostConnectionsOfSubject) {
        return { kind: 'none', reason: `this caller has ${count} connections already; close one of them` }
      }
      if (all >= mostConnections) return { kind: 'none', reason: `all ${all} connections are taken; try again later` }
      change(subject, 1)
      return { kind: 'free', leave: () => change(subject, -1) }
    },
  }
}

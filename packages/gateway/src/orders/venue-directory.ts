import type { Venue } from '@qmtl/brokerage'
import type { TradingDomain } from '../database/tables.ts'
import type { ConnectedVenues } from '../ports.ts'

/** The venues this Gateway sends to, by domain and name. */
export interface VenueDirectory {
  find(domain: TradingDomain, name: string): Venue | undefined
  readonly names: { readonly paper: ReadonlySet<string>; readonly live: ReadonlySet<string> }
  /** Every venue once. */
  readonly all: readonly ConnectedVenue[]
}

/** A venue, and what an order there means. */
export interface ConnectedVenue {
  readonly venue: Venue
  readonly domain: TradingDomain
}

export function createVenueDirectory({ paper, live }: ConnectedVenues): VenueDirectory {
  const byDomain = {
    dryrun: new Map(paper.map((venue) => [venue.name, venue])),
    live: new Map(live.map((venue) => [venue.name, venue])),
  }
  return {
    find: (domain, name) => byDomain[domain].get(name),
    names: { paper: new Set(byDomain.dryrun.keys()), live: new Set(byDomain.live.keys()) },
    all: [
      ...paper.map((venue) => ({ venue, domain: 'dryrun' as const })),
      ...live.filter((venue) => !paper.includes(venue)).map((venue) => ({ venue, domain: 'live' as const })),
    ],
  }
}

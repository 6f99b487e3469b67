import { decimal, type Client, type Fill, type gatewayRoutes, type worldRoutes } from '@qmtl/contracts'
import { realityModels } from '@qmtl/brokerage'
import { createPaperVenue, type PaperVenue } from '@qmtl/integrations'
import type { MarketData } from '@qmtl/market'
import { systemClock } from '@qmtl/service-kit'
import { findMarket } from './markets.ts'

type Worlds = Client<typeof worldRoutes>
type Gateway = Client<typeof gatewayRoutes>

/** Name of the simulated venue: the part of the synthetic instruments' ids after the dot. */
const venueName = 'SIM'

/** The simulated venue; what trading costs there, and the cash of a book, are settings of each world. */
export function openPaperVenue(worlds: Worlds, markets: ReadonlyMap<string, MarketData>): PaperVenue {
  return createPaperVenue(venueName, {
    worlds,
    clock: systemClock,
    async termsOf(worldId, options) {
      const { body: world } = await worlds.getWorld({ params: { world_id: worldId } }, options)
      const models = realityModels({ feeBps: world.fee_bps, slippageBps: world.slippage_bps })
      const market = findMarket(markets, world.data.preset)
      return { models, cash: decimal(world.strategy_cash), instrumentOf: (id) => market.instrument(id) }
    },
  })
}

/** Rebuilds the venue's books of every world from the fills that the Gateway recorded. */
export async function restoreVenue(venue: PaperVenue, worlds: Worlds, gateway: Gateway): Promise<void> {
  const { body } = await worlds.listWorlds({}, {})
  for (const { world_id } of body.worlds) {
    const fills = await allFills(gateway, world_id)
    await venue.restore(
      fills.filter((fill) => fill.venue === venue.name),
      {},
    )
  }
}

/** Every recorded fill of a world, oldest first. */
export async function allFills(gateway: Gateway, worldId: string): Promise<readonly Fill[]> {
  const fills: Fill[] = []
  for (let after = 0; ;) {
    const { body } = await gateway.listFills({ query: { world_id: worldId, after, limit: 1000 } }, {})
    if (body.fills.length === 0) return fills
    fills.push(...body.fills)
    after = body.next_after
  }
}

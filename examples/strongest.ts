import { bars, crossSectionalRank, positionTarget, rateOfChange, strategy, where } from '@qmtl/sdk'

const universe = ['BTC-USD.SIM', 'ETH-USD.SIM', 'SOL-USD.SIM']

/** Cross-sectional momentum: holds the strongest of the universe, each until it is the weakest. */
export default strategy({
  name: 'strongest',
  params: { window: 168, share: 0.33 },
  build({ window, share }) {
    const members = universe.map((instrument) => bars({ instrument, interval: '1h' }))
    const ranks = crossSectionalRank(members.map(({ close }) => rateOfChange(close, window)))
    return ranks.map((rank, member) => {
      const signal = where(rank.greater(0.9), 1, where(rank.less(0.1), -1, 0))
      return positionTarget({ instrument: universe[member] ?? '', signal, long: share })
    })
  },
})

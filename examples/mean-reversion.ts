import { bars, positionTarget, strategy, where, zScore } from '@qmtl/sdk'

/** Buys when the price is far below its mean of four days, and sells when it is back there. */
export default strategy({
  name: 'mean-reversion',
  params: { window: 96, far: 2 },
  build({ window, far }) {
    const price = bars({ instrument: 'ETH-USD.SIM', interval: '1h' })
    const distance = zScore(price.close, window)
    const signal = where(distance.less(-far), 1, where(distance.greater(0), -1, 0))
    return positionTarget({ instrument: price.instrument, signal, long: 1 })
  },
})

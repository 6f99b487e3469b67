import { bars, positionTarget, strategy, where, zScore } from '@qmtl/sdk'

/** Buys ether and shorts as much bitcoin while their ratio is far below its mean; both end where it is back. */
export default strategy({
  name: 'pairs',
  params: { window: 168, far: 2, size: 0.5 },
  build({ window, far, size }) {
    const ether = bars({ instrument: 'ETH-USD.SIM', interval: '1h' })
    const bitcoin = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    const ratio = zScore(ether.close.log().minus(bitcoin.close.log()), window)
    const signal = where(ratio.less(-far), 1, where(ratio.greater(0), -1, 0))
    return [
      positionTarget({ instrument: ether.instrument, signal, long: size }),
      positionTarget({ instrument: bitcoin.instrument, signal: signal.negate(), long: 0, short: -size }),
    ]
  },
})

import { bars, chandelierExit, highest, lag, positionTarget, strategy, where } from '@qmtl/sdk'

/** Buys above the highest high of four days and sells below a stop that trails three average true ranges under the last day's. */
export default strategy({
  name: 'breakout',
  params: { entry: 96, window: 24, multiplier: 3 },
  build({ entry, window, multiplier }) {
    const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    const isBreakout = price.close.greater(lag(highest(price.high, entry)))
    const isStopped = price.close.less(chandelierExit(price, { window, multiplier }).long)
    const signal = where(isBreakout, 1, where(isStopped, -1, 0))
    return positionTarget({ instrument: price.instrument, signal, long: 1 })
  },
})

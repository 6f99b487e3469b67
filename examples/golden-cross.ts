import { bars, crossover, positionTarget, sma, strategy } from '@qmtl/sdk'

/** Follows the trend: long while the fast average of the last closes is above the slow one. */
export default strategy({
  name: 'golden-cross',
  params: { fast: 10, slow: 50 },
  build({ fast, slow }) {
    const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    const trend = crossover(sma(price.close, fast), sma(price.close, slow))
    return positionTarget({ instrument: price.instrument, signal: trend, long: 1, flat: 0 })
  },
})

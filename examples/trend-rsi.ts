import { bars, defineNode, number, positionTarget, rsi, sma, strategy } from '@qmtl/sdk'

/** 1 where the trend is up and strong, −1 where it has turned or tired, else 0. */
const strongTrend = defineNode({
  name: 'strong-trend',
  version: 1,
  inputs: ['fast', 'slow', 'strength'],
  params: { strong: number({ min: 0, max: 100 }), tired: number({ min: 0, max: 100 }) },
  period: 1,
  compute({ fast, slow, strength }, { strong, tired }) {
    const isUp = fast.at(0) > slow.at(0)
    if (isUp && strength.at(0) > strong) return 1
    return !isUp || strength.at(0) < tired ? -1 : 0
  },
})

/** Follows the trend like golden-cross, but only while RSI says that it has strength; shares the averages with it. */
export default strategy({
  name: 'trend-rsi',
  params: { fast: 10, slow: 50, window: 14, strong: 60, tired: 40 },
  build({ fast, slow, window, strong, tired }) {
    const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    const averages = { fast: sma(price.close, fast), slow: sma(price.close, slow) }
    const signal = strongTrend({ ...averages, strength: rsi(price.close, window) }, { strong, tired })
    return positionTarget({ instrument: price.instrument, signal, long: 1 })
  },
})

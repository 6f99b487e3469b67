import { bars, crossover, positionTarget, sma, strategy } from '@qmtl/sdk'

/** Turns from long to short and back whenever the price crosses a short average: so often that fees eat it up. */
export default strategy({
  name: 'fast-flip',
  params: { window: 10 },
  build({ window }) {
    const price = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    const flip = crossover(price.close, sma(price.close, window))
    return positionTarget({ instrument: price.instrument, signal: flip, long: 1, short: -1 })
  },
})

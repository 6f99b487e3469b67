import { bars, defineNode, highest, lowest, positionTarget, strategy } from '@qmtl/sdk'

/** 1 where the value is the highest of its window, −1 where it is the lowest of the other, else 0. */
const extreme = defineNode({
  name: 'extreme',
  version: 1,
  inputs: ['value', 'high', 'low'],
  period: 1,
  compute({ value, high, low }) {
    if (value.at(0) >= high.at(0)) return 1
    return value.at(0) <= low.at(0) ? -1 : 0
  },
})

/** Buys the highest close of four days and sells the lowest of one and a half. */
export default strategy({
  name: 'breakout',
  params: { entry: 96, exit: 36 },
  build({ entry, exit }) {
    const { close, instrument } = bars({ instrument: 'BTC-USD.SIM', interval: '1h' })
    const signal = extreme({ value: close, high: highest(close, entry), low: lowest(close, exit) })
    return positionTarget({ instrument, signal, long: 1 })
  },
})

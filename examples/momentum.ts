import { bars, positionTarget, rateOfChange, strategy, where } from '@qmtl/sdk'

/** Time-series momentum: buys what rose over two weeks and sells what fell; in between it keeps what it has. */
export default strategy({
  name: 'momentum',
  params: { window: 336, rise: 4, fall: -4 },
  build({ window, rise, fall }) {
    const price = bars({ instrument: 'SOL-USD.SIM', interval: '1h' })
    const change = rateOfChange(price.close, window)
    const signal = where(change.greater(rise), 1, where(change.less(fall), -1, 0))
    return positionTarget({ instrument: price.instrument, signal, long: 1 })
  },
})

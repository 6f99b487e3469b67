/** Which orders a broker takes, changes and executes. */
export interface OrderRules {
  readonly kind:
    | 'default'
    | 'interactive-brokers'
    | 'alpaca'
    | 'tradier'
    | 'binance'
    | 'coinbase'
    | 'kraken'
    | 'bitfinex'
    | 'bybit'
    | 'charles-schwab'
}

import { decimal, decimalText, ZERO } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import type { MonthlyVolumes } from '../model/money.ts'
import type { OrderState } from '../model/order-terms.ts'
import type { Security } from '../model/security.ts'
import { marketAt, orderOf, pairNamed, ratesOf, securityNamed } from '../testing/broker-scene.ts'
import { feeOfOrder, type FeeContext } from './fee-of-order.ts'
import type { FeeSchedule } from './fee-schedule.ts'
import { coinbaseFees } from './schedules/coinbase.ts'
import { binanceFees, binanceUsFees, bitfinexFees, bybitFees, krakenFees } from './schedules/crypto-venues.ts'
import { interactiveBrokersFees } from './schedules/interactive-brokers.ts'
import {
  alpacaFees,
  charlesSchwabFees,
  defaultFees,
  fxcmFees,
  tradierFees,
  webullFees,
} from './schedules/stock-brokers.ts'

const idle: MonthlyVolumes = { month: '2024-07', optionContracts: ZERO, forexUsd: ZERO }

/** `1.5 USD`, `0 none`. The market quotes 99.5 and 100.5 around 100 where a case says no other. */
function feeText(schedule: FeeSchedule, order: OrderState, security: Security, more: Partial<FeeContext> = {}): string {
  const context: FeeContext = {
    order,
    security,
    market: marketAt(100, { bid: '99.5', ask: '100.5' }),
    rateOf: ratesOf({ EUR: '1.25', JPY: '0.01', GBP: '1.5' }),
    volumes: idle,
    accountCurrency: 'USD',
    ...more,
  }
  const { amount, currency } = feeOfOrder(schedule, context)
  return `${decimalText(amount)} ${currency ?? 'none'}`
}

const stock = securityNamed('SPY', 'usa', 'equity')

for (const [what, quantity, price, fee] of [
  ['per share', 1000, 100, '5 USD'],
  ['sells as buys', -1000, 100, '5 USD'],
  ['the minimum', 1, 100, '1 USD'],
  ['one cent below the minimum', 198, 100, '1 USD'],
  ['the maximum of half a percent', 1000, '0.5', '2.5 USD'],
  ['the minimum beats the maximum', 100, '0.5', '1 USD'],
] as const) {
  test(`Interactive Brokers, equity, ${what}: ${quantity} at ${price} cost ${fee}`, () => {
    const market = marketAt(price)
    expect(feeText(interactiveBrokersFees, orderOf('market', quantity), stock, { market })).toBe(fee)
  })
}

test('Interactive Brokers caps by the value at the limit where it bounds the price', () => {
  const market = marketAt(1)
  const order = orderOf('limit', 1000, { limitPrice: '0.5' })
  expect(feeText(interactiveBrokersFees, order, stock, { market })).toBe('2.5 USD')
})

for (const [quantity, price, fee] of [
  [1000, 100, '10 INR'],
  [100, 100, '6 INR'],
  [1000, '0.0001', '2 INR'],
] as const) {
  test(`Interactive Brokers, Indian equity: ${quantity} at ${price} cost ${fee}`, () => {
    const security = securityNamed('YESBANK', 'india', 'equity', { quoteCurrency: 'INR' })
    expect(feeText(interactiveBrokersFees, orderOf('market', quantity), security, { market: marketAt(price) })).toBe(
      fee,
    )
  })
}

const optionOf = (assetClass: 'option' | 'indexOption' | 'futureOption', underlyingTicker: string, market = 'usa') =>
  securityNamed(`${underlyingTicker}-C100`, market, assetClass, {
    multiplier: decimal(100),
    option: {
      right: 'call',
      style: 'american',
      settlement: 'physical',
      strike: decimal(100),
      underlying: `${underlyingTicker}.${market.toUpperCase()}`,
      underlyingTicker,
      unit: decimal(100),
    },
  })

for (const [contracts, high, middle, low] of [
  ['0', '0.65', '0.5', '0.25'],
  ['10000', '0.65', '0.5', '0.25'],
  ['10001', '0.5', '0.5', '0.25'],
  ['50000', '0.5', '0.5', '0.25'],
  ['50001', '0.25', '0.25', '0.25'],
  ['100000', '0.25', '0.25', '0.25'],
  ['100001', '0.15', '0.15', '0.15'],
] as const) {
  test(`Interactive Brokers, options after ${contracts} contracts this month: ${high}, ${middle} and ${low} by premium`, () => {
    const volumes = { ...idle, optionContracts: decimal(contracts) }
    const perContract = (premium: string): string =>
      feeText(interactiveBrokersFees, orderOf('limit', 100, { limitPrice: premium }), optionOf('option', 'SPY'), {
        volumes,
      })
    const of = (rate: string): string => `${decimalText(decimal(Number(rate) * 100))} USD`
    expect(['0.10', '0.09', '0.05', '0.04'].map(perContract)).toEqual([of(high), of(middle), of(middle), of(low)])
  })
}

for (const [what, order, fee] of [
  ['the minimum of an order', orderOf('limit', 1, { limitPrice: 1 }), '1 USD'],
  ['the bid for a market buy', orderOf('market', 100), '25 USD'],
  ['the ask for a market sell', orderOf('market', -100), '50 USD'],
  ['the bid for a buy in an auction', orderOf('market_on_open', 100), '25 USD'],
  ['the stop of a stop order', orderOf('stop_market', 100, { stopPrice: '0.2' }), '65 USD'],
  ['the limit of a stop limit order', orderOf('stop_limit', 100, { stopPrice: '0.2', limitPrice: '0.06' }), '50 USD'],
  ['the limit of a touched order', orderOf('limit_if_touched', 100, { triggerPrice: 1, limitPrice: '0.04' }), '25 USD'],
  ['the stop of a trailing stop', orderOf('trailing_stop', 100, { stopPrice: '0.05' }), '50 USD'],
  ['exercise is free', orderOf('option_exercise', 100), '0 none'],
] as const) {
  test(`Interactive Brokers, options, premium: ${what}`, () => {
    const market = marketAt('0.05', { bid: '0.04', ask: '0.06' })
    expect(feeText(interactiveBrokersFees, order, optionOf('option', 'SPY'), { market })).toBe(fee)
  })
}

test('Interactive Brokers, index options cost as options', () => {
  const order = orderOf('limit', 100, { limitPrice: 10 })
  expect(feeText(interactiveBrokersFees, order, optionOf('indexOption', 'SPX'))).toBe('65 USD')
})

const currencyPair = (ticker: string, market: string) =>
  securityNamed(ticker, market, 'forex', { baseCurrency: ticker.slice(0, 3), quoteCurrency: ticker.slice(3) })

for (const [volume, quantity, fee] of [
  ['0', 1_000_000, '25 USD'],
  ['0', 10_000, '2 USD'],
  ['1000000000', 1_000_000, '25 USD'],
  ['1000000001', 1_000_000, '18.75 USD'],
  ['1000000001', 10_000, '1.5 USD'],
  ['2000000001', 1_000_000, '12.5 USD'],
  ['2000000001', 10_000, '1.25 USD'],
  ['5000000001', 1_000_000, '10 USD'],
  ['5000000001', 10_000, '1 USD'],
] as const) {
  test(`Interactive Brokers, forex after ${volume} USD this month: ${quantity} EURUSD cost ${fee}`, () => {
    const seen = { market: marketAt('1.25'), volumes: { ...idle, forexUsd: decimal(volume) } }
    expect(feeText(interactiveBrokersFees, orderOf('market', quantity), currencyPair('EURUSD', 'ib'), seen)).toBe(fee)
  })
}

test('Interactive Brokers, forex: the value counts in US dollars, whatever pair and account', () => {
  const order = orderOf('market', -1_000_000)
  const pounds = {
    market: marketAt('0.8'),
    accountCurrency: 'EUR',
    rateOf: (code: string) => decimal(code === 'GBP' ? '1.2' : code === 'USD' ? '0.8' : 1),
  }
  expect(feeText(interactiveBrokersFees, order, currencyPair('EURGBP', 'ib'), pounds)).toBe('24 USD')
})

test('a fee that needs a rate which is not known yet is an error and no guess', () => {
  const seen = { market: marketAt('0.8'), rateOf: () => ZERO, accountCurrency: 'EUR' }
  expect(() => feeText(interactiveBrokersFees, orderOf('market', 1), currencyPair('EURGBP', 'ib'), seen)).toThrow(
    expect.objectContaining({ code: 'E_DATA_MISSING' }),
  )
})

for (const [families, future, option] of [
  ['ES NQ YM RTY EMD', '2.15 USD', '1.42 USD'],
  ['MES MNQ MYM M2K 2YY 5YY 10Y 30Y MCL MGC SIL', '0.57 USD', '0.47 USD'],
  ['BTC', '11.02 USD', '10.02 USD'],
  ['ETH', '7.02 USD', '7.02 USD'],
  ['MBT MIB', '4.77 USD', '3.77 USD'],
  ['MET MRB', '0.42 USD', '0.32 USD'],
  ['E7 J7', '1.37 USD', '1.37 USD'],
  ['M6E M6A M6B MCD MJY MSF M6J MIR M6C M6S MNH', '0.41 USD', '0.41 USD'],
  ['CL GC ZC', '2.47 USD', '2.47 USD'],
] as const) {
  for (const family of families.split(' ')) {
    test(`Interactive Brokers, ${family}: a future costs ${future}, an option on one ${option}`, () => {
      const one = orderOf('market', -1)
      expect(feeText(interactiveBrokersFees, one, securityNamed(family, 'cme', 'future'))).toBe(future)
      expect(feeText(interactiveBrokersFees, one, optionOf('futureOption', family, 'cme'))).toBe(option)
    })
  }
}

for (const market of ['cme', 'cbot', 'nymex', 'comex', 'ice', 'cfe', 'globex', 'nyseliffe']) {
  test(`Interactive Brokers, two futures of ${market} cost 4.94 USD`, () => {
    expect(feeText(interactiveBrokersFees, orderOf('market', 2), securityNamed('ZZ', market, 'future'))).toBe(
      '4.94 USD',
    )
  })
}

for (const [what, security, fee] of [
  ['Hang Seng', securityNamed('HSI', 'hkfe', 'future', { quoteCurrency: 'HKD' }), '80 HKD'],
  ['Hong Kong in CNH', securityNamed('CUS', 'hkfe', 'future', { quoteCurrency: 'CNH' }), '39 CNH'],
  ['Hong Kong in HKD', securityNamed('HHI', 'hkfe', 'future', { quoteCurrency: 'HKD' }), '60 HKD'],
  ['Hong Kong in USD', securityNamed('GDU', 'hkfe', 'future', { quoteCurrency: 'USD' }), '7.2 USD'],
  ['Korea', securityNamed('KM', 'krx', 'future', { quoteCurrency: 'KRW', multiplier: decimal(250_000) }), '2000 KRW'],
  ['Eurex', securityNamed('FDAX', 'eurex', 'future', { quoteCurrency: 'EUR', multiplier: decimal(25) }), '2.04 EUR'],
  ['a CFD', securityNamed('DE30EUR', 'ib', 'cfd', { quoteCurrency: 'EUR', multiplier: decimal(1000) }), '4 EUR'],
  ['a small CFD', securityNamed('DE30EUR', 'ib', 'cfd', { quoteCurrency: 'EUR' }), '1 EUR'],
  ['a small CFD in yen', securityNamed('JP225JPY', 'ib', 'cfd', { quoteCurrency: 'JPY' }), '40 JPY'],
  ['a small CFD in Hong Kong', securityNamed('HK33HKD', 'ib', 'cfd', { quoteCurrency: 'HKD' }), '10 HKD'],
] as const) {
  test(`Interactive Brokers, ${what}: two contracts at 100 cost ${fee}`, () => {
    expect(feeText(interactiveBrokersFees, orderOf('market', 2), security)).toBe(fee)
  })
}

const btcUsdt = pairNamed('BTC', 'USDT', 'binance')
const linear = pairNamed('BTC', 'USDT', 'binance', { assetClass: 'cryptoFuture' })
const busd = pairNamed('BTC', 'BUSD', 'binance', { assetClass: 'cryptoFuture' })
const inverse = pairNamed('BTC', 'USD', 'binance', {
  assetClass: 'cryptoFuture',
  isCoinMargined: true,
  multiplier: decimal(100),
})
const market2 = orderOf('market', 2)
const sold2 = orderOf('market', -2)
const resting = orderOf('limit', 2, { limitPrice: 90, snapshot: [99, 100] })
const restingSale = orderOf('limit', -2, { limitPrice: 110, snapshot: [99, 100] })
const crossing = orderOf('limit', 2, { limitPrice: 101, snapshot: [99, 100] })
const crossingSale = orderOf('limit', -2, { limitPrice: 98, snapshot: [99, 100] })

for (const [venue, schedule, security, rows] of [
  [
    'Binance',
    binanceFees(),
    btcUsdt,
    [
      ['a market buy in its coins', market2, '0.002 BTC'],
      ['a market sell at the bid', sold2, '0.199 USDT'],
      ['a limit buy in its coins', resting, '0.002 BTC'],
      ['a limit sell at its limit', restingSale, '0.22 USDT'],
      ['a stop limit sell at the bid', orderOf('stop_limit', -2, { stopPrice: 90, limitPrice: 89 }), '0.199 USDT'],
    ],
  ],
  ['Binance US', binanceUsFees(), pairNamed('BTC', 'USD', 'binanceus'), [['a market buy', market2, '0.002 BTC']]],
  [
    'Binance futures in USDT',
    binanceFees(),
    linear,
    [
      ['a taker', market2, '0.08 USDT'],
      ['a maker', resting, '0.04 USDT'],
      ['a crossing limit', crossing, '0.08 USDT'],
      ['a limit without a snapshot as a maker', orderOf('limit', 2, { limitPrice: 101 }), '0.04 USDT'],
      [
        'post only as a maker',
        orderOf('limit', 2, { limitPrice: 101, snapshot: [99, 100], postOnly: true }),
        '0.04 USDT',
      ],
      ['a stop as a taker', orderOf('stop_market', -2, { stopPrice: 90 }), '0.08 USDT'],
      ['a stop limit as a taker', orderOf('stop_limit', -2, { stopPrice: 90, limitPrice: 80 }), '0.08 USDT'],
    ],
  ],
  [
    'Binance futures in BUSD',
    binanceFees(),
    busd,
    [
      ['a taker', market2, '0.072 BUSD'],
      ['a maker', resting, '0.024 BUSD'],
    ],
  ],
  [
    'Binance coin futures',
    binanceFees(),
    inverse,
    [
      ['a taker in its coin', market2, '0.001 BTC'],
      ['a maker in its coin', resting, '0.0002 BTC'],
    ],
  ],
  [
    'Bybit',
    bybitFees(),
    pairNamed('BTC', 'USDT', 'bybit'),
    [
      ['a buy', market2, '0.002 BTC'],
      ['a sell', sold2, '0.199 USDT'],
    ],
  ],
  [
    'Bybit futures',
    bybitFees(),
    pairNamed('BTC', 'USDT', 'bybit', { assetClass: 'cryptoFuture' }),
    [
      ['a taker', market2, '0.11 USDT'],
      ['a maker', resting, '0.04 USDT'],
    ],
  ],
  ['Bybit custom data', bybitFees(), securityNamed('DATA', 'bybit', 'base'), [['nothing', market2, '0 USD']]],
  [
    'Bitfinex',
    bitfinexFees(),
    pairNamed('BTC', 'USD', 'bitfinex'),
    [
      ['a market buy', market2, '0.004 BTC'],
      ['a market sell', sold2, '0.398 USD'],
      ['a resting buy', resting, '0.002 BTC'],
      ['a hidden order as a taker', { ...resting, terms: { ...resting.terms, hidden: true } }, '0.004 BTC'],
      [
        'hidden beats post only',
        { ...resting, terms: { ...resting.terms, hidden: true, postOnly: true } },
        '0.004 BTC',
      ],
    ],
  ],
  [
    'Coinbase',
    coinbaseFees(),
    pairNamed('BTC', 'USD', 'coinbase'),
    [
      ['a market buy at the ask', market2, '1.608 USD'],
      ['a market sell at the bid', sold2, '1.592 USD'],
      ['a resting buy at the ask, not its limit', resting, '1.206 USD'],
      ['a resting sell at the bid, not its limit', restingSale, '1.194 USD'],
      ['a crossing sell', crossingSale, '1.592 USD'],
    ],
  ],
  [
    'Kraken',
    krakenFees(),
    pairNamed('BTC', 'USD', 'kraken'),
    [
      ['a market buy in quote at the ask', market2, '0.5226 USD'],
      ['a market sell in base', sold2, '0.0052 BTC'],
      ['a resting buy at its limit', resting, '0.288 USD'],
      ['a resting sell in base', restingSale, '0.0032 BTC'],
      ['a buy that asks for base', orderOf('market', 2, { feeInBase: true }), '0.0052 BTC'],
      ['a sell that asks for quote, at the bid', orderOf('market', -2, { feeInQuote: true }), '0.5174 USD'],
      [
        'a limit sell that asks for quote, at its limit',
        { ...restingSale, terms: { ...restingSale.terms, feeInQuote: true } },
        '0.352 USD',
      ],
      ['a buy that asks for quote', orderOf('market', 2, { feeInQuote: true }), '0.5226 USD'],
    ],
  ],
  ...['CAD', 'EUR', 'GBP', 'JPY', 'USD', 'USDT', 'DAI', 'USDC'].map(
    (base) =>
      [
        `Kraken ${base}AUD`,
        krakenFees(),
        pairNamed(base, 'AUD', 'kraken'),
        [
          ['a flat fee for a taker', market2, '0.402 AUD'],
          ['and for a maker', resting, '0.36 AUD'],
        ],
      ] as const,
  ),
  [
    'Alpaca crypto',
    alpacaFees(),
    pairNamed('BTC', 'USD', 'alpaca'),
    [
      ['a market buy in its coins', market2, '0.005 BTC'],
      ['a resting buy in its coins', resting, '0.003 BTC'],
      ['a market sell at the price', sold2, '0.5 USD'],
      ['a resting sell at the price, not its limit', restingSale, '0.3 USD'],
      [
        'post only does not count',
        orderOf('limit', 2, { limitPrice: 101, snapshot: [99, 100], postOnly: true }),
        '0.005 BTC',
      ],
    ],
  ],
  ['Alpaca equity', alpacaFees(), stock, [['nothing', market2, '0 USD']]],
  ['Alpaca option', alpacaFees(), optionOf('option', 'SPY'), [['nothing', market2, '0 USD']]],
  ['Tradier', tradierFees, stock, [['nothing', market2, '0 USD']]],
  ['Charles Schwab option', charlesSchwabFees, optionOf('option', 'SPY'), [['two contracts', sold2, '1.3 USD']]],
  [
    'Charles Schwab index option',
    charlesSchwabFees,
    optionOf('indexOption', 'SPX'),
    [['two contracts', sold2, '2 USD']],
  ],
  ['Charles Schwab equity', charlesSchwabFees, stock, [['nothing', market2, '0 none']]],
  ...['EURUSD', 'GBPUSD', 'USDJPY', 'USDCHF', 'AUDUSD', 'EURJPY', 'GBPJPY'].map(
    (pair) =>
      [
        `FXCM ${pair}`,
        fxcmFees,
        currencyPair(pair, 'fxcm'),
        [['100,000 units', orderOf('market', 100_000), '4 USD']],
      ] as const,
  ),
  ['FXCM NZDUSD', fxcmFees, currencyPair('NZDUSD', 'fxcm'), [['100,000 units', orderOf('market', -100_000), '6 USD']]],
  ['Default equity', defaultFees, stock, [['as at Interactive Brokers', orderOf('market', 1000), '5 USD']]],
  ['Default option', defaultFees, optionOf('option', 'SPY'), [['as at Interactive Brokers', market2, '1.3 USD']]],
  [
    'Default future',
    defaultFees,
    securityNamed('ES', 'cme', 'future'),
    [['as at Interactive Brokers', market2, '4.3 USD']],
  ],
  [
    'Default future option',
    defaultFees,
    optionOf('futureOption', 'ES', 'cme'),
    [['as at Interactive Brokers', market2, '2.84 USD']],
  ],
  ...(['indexOption', 'index', 'forex', 'cfd', 'crypto', 'cryptoFuture', 'base'] as const).map(
    (assetClass) =>
      [
        `Default ${assetClass}`,
        defaultFees,
        securityNamed('X', 'any', assetClass),
        [['nothing', market2, '0 USD']],
      ] as const,
  ),
] as const) {
  for (const [what, order, fee] of rows) {
    test(`${venue}, ${what}: ${fee}`, () => expect(feeText(schedule, order, security)).toBe(fee))
  }
}

for (const [ticker, at, maker, taker] of [
  ['BTCUSD', '2019-03-23T01:29:59Z', '0 USD', '0.3 USD'],
  ['BTCUSD', '2019-03-23T01:30:00Z', '0.15 USD', '0.25 USD'],
  ['BTCUSD', '2019-10-08T00:29:59Z', '0.15 USD', '0.25 USD'],
  ['BTCUSD', '2019-10-08T00:30:00Z', '0.6 USD', '0.8 USD'],
  ...(
    'DAIUSDC DAIUSD GYENUSD PAXUSD PAXUSDT MUSDUSD USDCEUR USDCGBP USDTEUR USDTGBP USDTUSD USDTUSDC USTEUR USTUSD USTUSDT ' +
    'WBTCBTC'
  )
    .split(' ')
    .flatMap((pair) => [
      [pair, '2018-01-01T00:00:00Z', '0 USD', '0.1 USD'] as const,
      [pair, '2022-05-31T23:59:59Z', '0 USD', '0.1 USD'] as const,
      [pair, '2022-06-01T00:00:00Z', '0 USD', '0.001 USD'] as const,
    ]),
] as const) {
  test(`Coinbase, ${ticker} at ${at}: a maker pays ${maker} and a taker ${taker} of 100`, () => {
    const security = securityNamed(ticker, 'coinbase', 'crypto', { baseCurrency: 'X' })
    const market = marketAt(100)
    const createdMs = Date.parse(at)
    const [rests, trades] = [orderOf('limit', 1, { limitPrice: 90, createdMs }), orderOf('market', 1, { createdMs })]
    expect(feeText(coinbaseFees(), rests, security, { market })).toBe(maker)
    expect(feeText(coinbaseFees(), trades, security, { market })).toBe(taker)
  })
}

test('rates that are given replace the row of the table and neither dated history nor stable pairs', () => {
  const own = coinbaseFees({ maker: '0.001', taker: '0.002' })
  const [btc, dai] = [pairNamed('BTC', 'USD', 'coinbase'), pairNamed('DAI', 'USD', 'coinbase')]
  const market = marketAt(100)
  const early = orderOf('market', 1, { createdMs: Date.parse('2019-01-01T00:00:00Z') })
  expect(feeText(own, orderOf('market', 1), btc, { market })).toBe('0.2 USD')
  expect(feeText(own, early, btc, { market })).toBe('0.3 USD')
  expect(feeText(own, orderOf('market', 1), dai, { market })).toBe('0.001 USD')
})

for (const [what, schedule, security, fee] of [
  ['Binance spot', binanceFees({ spot: { maker: 0, taker: '0.0005' } }), btcUsdt, '0.001 BTC'],
  ['Binance futures', binanceFees({ futures: { maker: 0, taker: '0.0005' } }), linear, '0.1 USDT'],
  ['Binance futures in BUSD', binanceFees({ futures: { maker: 0, taker: '0.0005' } }), busd, '0.1 BUSD'],
  ['Binance coin futures', binanceFees({ coinFutures: { maker: 0, taker: '0.001' } }), inverse, '0.002 BTC'],
  ['Binance US', binanceUsFees({ spot: { maker: 0, taker: '0.0005' } }), btcUsdt, '0.001 BTC'],
  ['Bybit', bybitFees({ spot: { maker: 0, taker: '0.0005' } }), btcUsdt, '0.001 BTC'],
  ['Bybit futures', bybitFees({ futures: { maker: 0, taker: '0.0005' } }), linear, '0.1 USDT'],
  ['Bitfinex', bitfinexFees({ maker: 0, taker: '0.0005' }), btcUsdt, '0.001 BTC'],
  ['Kraken', krakenFees({ maker: 0, taker: '0.0005' }), btcUsdt, '0.1005 USDT'],
  ['Alpaca', alpacaFees({ maker: 0, taker: '0.0005' }), btcUsdt, '0.001 BTC'],
] as const) {
  test(`${what} takes rates of one's own: ${fee}`, () => expect(feeText(schedule, market2, security)).toBe(fee))
}

for (const [ticker, price, quantity, isMultiLeg, fee] of [
  ['SPX', '0.99', 1, false, '1.07 USD'],
  ['SPX', '1', 1, false, '1.16 USD'],
  ['SPXW', '0.99', 1, false, '1 USD'],
  ['SPXW', '1', 1, false, '1.09 USD'],
  ['VIX', '0.10', 1, false, '0.6 USD'],
  ['VIX', '0.99', 1, false, '0.75 USD'],
  ['VIX', '1.99', 1, false, '0.9 USD'],
  ['VIX', '2', 1, false, '0.95 USD'],
  ['VIXW', '0.11', 1, false, '0.75 USD'],
  ['XSP', '5', 9, false, '4.5 USD'],
  ['XSP', '5', 10, false, '5.7 USD'],
  ['DJX', '5', 1, false, '0.68 USD'],
  ['NDX', '24.99', 1, false, '1 USD'],
  ['NDX', '25', 1, false, '1.25 USD'],
  ['NDXP', '24.99', 1, true, '1.15 USD'],
  ['NDXP', '25', 1, true, '1.4 USD'],
  ['RUT', '5', 2, false, '1 USD'],
] as const) {
  test(`Webull, ${isMultiLeg ? 'combo of ' : ''}${quantity} ${ticker} at ${price}: ${fee}`, () => {
    const legs = ['a', 'b'].map((instrument) => ({ instrument, ratio: decimal(1) }))
    const order = isMultiLeg ? orderOf('combo_market', quantity, { legs }) : orderOf('market', -quantity)
    expect(feeText(webullFees, order, optionOf('indexOption', ticker), { market: marketAt(price) })).toBe(fee)
  })
}

test('Webull charges nothing for other classes', () => {
  expect(feeText(webullFees, market2, stock)).toBe('0 none')
})

for (const [what, schedule, security] of [
  ['Interactive Brokers, crypto', interactiveBrokersFees, pairNamed('BTC', 'USD', 'coinbase')],
  ['Interactive Brokers, equity of another market', interactiveBrokersFees, securityNamed('SAP', 'xetra', 'equity')],
  ['Interactive Brokers, futures of another market', interactiveBrokersFees, securityNamed('X', 'sgx', 'future')],
  [
    'Interactive Brokers, Hong Kong in another currency',
    interactiveBrokersFees,
    securityNamed('X', 'hkfe', 'future', { quoteCurrency: 'EUR' }),
  ],
  ['Binance, equity', binanceFees(), stock],
  ['Binance US, futures', binanceUsFees(), linear],
  ['Bybit, forex', bybitFees(), currencyPair('EURUSD', 'bybit')],
  ['Bitfinex, futures', bitfinexFees(), linear],
  ['Coinbase, futures', coinbaseFees(), linear],
  ['Kraken, futures', krakenFees(), linear],
  ['Alpaca, futures', alpacaFees(), securityNamed('ES', 'cme', 'future')],
  ['FXCM, CFDs', fxcmFees, securityNamed('US30', 'fxcm', 'cfd')],
] as const) {
  test(`${what}: an error and not zero`, () => {
    expect(() => feeText(schedule, market2, security)).toThrow(
      expect.objectContaining({
        code: 'E_INVALID_PARAMETER',
        message: expect.stringContaining(`no row for ${security.assetClass} `) as string,
      }),
    )
  })
}

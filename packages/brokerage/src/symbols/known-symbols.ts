import { decimal, ONE } from '@qmtl/contracts'
import type { SecurityClass } from '../model/security.ts'
import { anySymbol, createSymbolTable, type SymbolTable } from './symbol-table.ts'

type KnownSymbol = readonly [
  market: string,
  symbol: string,
  assetClass: SecurityClass,
  quoteCurrency: string,
  multiplier: string,
  tick: string,
  description: string,
]

/** As the exchanges specified them in 2024; all have lots of 1. */
const rows: readonly KnownSymbol[] = [
  ['usa', anySymbol, 'equity', 'USD', '1', '0.01', ''],
  ['usa', anySymbol, 'option', 'USD', '100', '0.01', ''],
  ['usa', anySymbol, 'index', 'USD', '1', '0.01', ''],
  ['usa', anySymbol, 'indexOption', 'USD', '100', '0.05', ''],
  ['cme', 'ES', 'future', 'USD', '50', '0.25', 'E-mini S&P 500 Futures'],
  ['cme', 'MES', 'future', 'USD', '5', '0.25', 'Micro E-mini S&P 500 Futures'],
  ['nymex', 'CL', 'future', 'USD', '1000', '0.01', 'Crude Oil Futures'],
  ['comex', 'GC', 'future', 'USD', '100', '0.1', 'Gold Futures'],
  ['hkfe', 'HSI', 'future', 'HKD', '50', '1', 'Hang Seng Index Futures'],
  ['oanda', 'EURUSD', 'forex', 'USD', '1', '0.00001', 'EUR/USD'],
]

/** Terms that QMTL knows without a file: enough to begin with. `readSymbolTable` reads more. */
export const knownSymbols: SymbolTable = createSymbolTable(
  rows.map(([market, symbol, assetClass, quoteCurrency, multiplier, tick, description]) => ({
    market,
    symbol,
    assetClass,
    description,
    quoteCurrency,
    multiplier: decimal(multiplier),
    tickSize: decimal(tick),
    lotSize: ONE,
    marketTicker: symbol,
    priceMagnifier: ONE,
    strikeMultiplier: ONE,
  })),
)

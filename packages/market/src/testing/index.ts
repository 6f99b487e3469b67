export { describeMarketData, type MarketDataCase } from './describe-market-data.ts'
export { createFakeFileLock } from './file-lock.ts'

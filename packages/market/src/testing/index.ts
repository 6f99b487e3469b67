export { describeMarketData, type MarketDataCase } from './describe-market-data.ts'

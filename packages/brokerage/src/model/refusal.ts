/** Why an order or a request is not taken. Stable names; a profile's hook has its own. */
export const refusalCodes = [
  'warmingUp',
  'unknownInstrument',
  'orderQuantityZero',
  'orderQuantityLessThanLotSize',
  'nonTradableSecurity',
  'marketOnOpenNotAllowedForFutures',
  'securityPriceZero',
  'quoteCurrencyRequired',
  'conversionRateZero',
  'baseCurrencyRequired',
  'securityHasNoData',
  'exceededMaximumOrders',
  'marketOnOpenNotAllowed',
  'marketOnOpenNotAllowedDuringRegularHours',
  'marketOnCloseNotAllowed',
  'marketOnCloseOrderTooLate',
  'exceedsShortableQuantity',
  'insufficientBuyingPower',
  'postOnlyWouldTake',
  'reduceOnlyWouldIncrease',
  'invalidOrderStatus',
  'invalidNewOrderStatus',
  'NotSupported',
  'OrderSizeLimit',
  'UpdateRejected',
  'ExtendedMarket',
  'ShortOrderIsGtc',
  'SellShortOrderLastPriceBelow5',
  'IncorrectOrderQuantity',
  'hook',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/** A refusal as data: the rule by name, what it allows and what it saw, both as text, and a sentence with all of them. */
export interface Refusal {
  readonly code: RefusalCode
  readonly limit: string
  readonly seen: string
  /** Names the order, the limit and the value seen. */
  readonly message: string
}

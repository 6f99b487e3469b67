export { createMemoryBus, type MemoryBus, type MemoryBusOptions } from './adapters/memory-bus.ts'
export type {
  Consumer,
  ControlBus,
  HandlerFault,
  DeliveryContext,
  Loss,
  OverflowRule,
  Position,
  SubscribeOptions,
  Subscription,
} from './ports.ts'

export { createMemoryBus, type MemoryBus, type MemoryBusOptions } from './adapters/memory-bus.ts'
export {
  type Consumer,
  type ControlBus,
  type HandlerFault,
  type DeliveryContext,
  type Loss,
  type OverflowRule,
  type Position,
  type SubscribeOptions,
  type Subscription,
} from './ports.ts'

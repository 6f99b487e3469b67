import { isJsonObject, type ControlEvent } from '@qmtl/contracts'
import type { Consumer } from '@qmtl/control-bus'
import type { Logger } from '@qmtl/service-kit'
import type { IngressGates } from '../orders/ingress-gates.ts'
import type { OrderDispatcher } from '../orders/order-dispatcher.ts'
import type { StreamHub } from '../stream/stream-hub.ts'
import { relayed } from '../stream/stream-message.ts'
import type { WorldPlanner } from '../submissions/world-planner.ts'
import type { WorldReadings } from '../worlds/world-readings.ts'

export interface ControlEventPorts {
  readonly hub: StreamHub
  readonly readings: WorldReadings
  readonly gates: Pick<IngressGates, 'close'>
  readonly dispatcher: Pick<OrderDispatcher, 'inFlight'>
  readonly planner: Pick<WorldPlanner, 'request' | 'requestAll'>
  readonly log: Logger
}

/**
 * What the Gateway does with the control bus: it closes its gate when a world is frozen, drops what it kept of a world that
 * changed, has its strategies planned for what it grants now, and passes events on to the stream. All of it may happen
 * twice.
 */
export function createControlEventConsumer(ports: ControlEventPorts): Consumer {
  return {
    async onEvent(event) {
      const closing = closeGate(ports, event)
      const worldId = memberOf(event, 'world_id')
      if (typeof worldId === 'string') ports.readings.forget(worldId)
      requestPlans(ports, event)
      const streamed = relayed(event)
      if (streamed !== undefined) ports.hub.publish(streamed)
      await closing
    },
    async onResync({ reason }) {
      // A freeze may be among what was missed: the lease ends within its three seconds.
      ports.log.warn('control-events-missed', { reason })
      ports.readings.forgetAll()
      ports.planner.requestAll()
      ports.hub.resync()
    },
  }
}

/** The gate is closed before the first await; the answer tells which orders were on the wire. */
async function closeGate({ gates, dispatcher }: ControlEventPorts, event: ControlEvent): Promise<void> {
  if (event.type !== 'world_epoch_changed' || memberOf(event, 'frozen') !== true) return
  const [worldId, epoch] = [memberOf(event, 'world_id'), memberOf(event, 'epoch')]
  if (typeof worldId !== 'string' || typeof epoch !== 'number') return
  await gates.close(worldId, epoch, dispatcher.inFlight(worldId))
}

/** A release may come with another domain, in which the world's nodes are to be bound. */
function requestPlans({ planner }: ControlEventPorts, event: ControlEvent): void {
  const worldId = memberOf(event, 'world_id')
  if (event.type !== 'world_epoch_changed' || memberOf(event, 'frozen') !== false) return
  if (typeof worldId === 'string') planner.request(worldId)
}

function memberOf({ data }: ControlEvent, name: string): unknown {
  return isJsonObject(data) ? data[name] : undefined
}

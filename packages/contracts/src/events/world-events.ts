import type { ActivationEnvelope } from '../worlds/activation.ts'
import type { ControlEvent } from './control-event.ts'

/** An activation entry changed, or the whole world was frozen or released (`epoch` and `frozen` say so). */
export type ActivationUpdated = ControlEvent<
  'activation_updated',
  ActivationEnvelope & {
    readonly version: 1
    readonly state_version: number
    readonly epoch: number
    readonly phase?: 'freeze' | 'unfreeze'
  }
>
/** A world was frozen or released: gates stop at once and acknowledge the epoch. */
export type WorldEpochChanged = ControlEvent<
  'world_epoch_changed',
  {
    readonly version: 1
    readonly world_id: string
    readonly epoch: number
    readonly frozen: boolean
    readonly run_id: string
  }
>
/** A policy version was added or made the default. */
export type PolicyUpdated = ControlEvent<
  'policy_updated',
  {
    readonly version: 1
    readonly world_id: string
    readonly policy_version: number
    readonly checksum: string
    readonly status: string
  }
>
/** Strategies were bound to a world. */
export type BindingsUpdated = ControlEvent<
  'bindings_updated',
  { readonly version: 1; readonly world_id: string; readonly strategies: readonly string[] }
>
/** The full list of queues of one tag set in one compute context changed. */
export type QueueUpdated = ControlEvent<
  'queue_updated',
  {
    readonly version: 1
    readonly tags: readonly string[]
    readonly interval: number
    readonly queues: readonly { readonly queue: string; readonly global: boolean }[]
    readonly world_id: string | null
    readonly execution_domain: string
    readonly as_of: string | null
    readonly partition: string | null
    readonly state_version: number
    readonly etag: string
    readonly ts: string
  }
>

export type WorldEvent = ActivationUpdated | WorldEpochChanged | PolicyUpdated | BindingsUpdated
export type GraphEvent = QueueUpdated

/** The service that publishes an event. */
export type ServiceName = 'qmtl.gateway' | 'qmtl.worldservice' | 'qmtl.dagmanager' | 'qmtl.runner'

/** A CloudEvents 1.0 control event: the same fact always has the same `id`, so repeats can be dropped. */
export interface ControlEvent<Type extends string = string, Data = unknown> {
  readonly specversion: '1.0'
  readonly id: string
  readonly type: Type
  readonly source: ServiceName
  /** Ordering scope (the key), such as a world id. */
  readonly subject: string
  /** RFC 3339 UTC time of publication. */
  readonly time: string
  readonly datacontenttype: 'application/json'
  /** From 1 per subject and source, without gaps. */
  readonly sequence: number
  readonly data: Data
}

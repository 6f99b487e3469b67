declare const brand: unique symbol

/** A value that only a parser or constructor of this package makes. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

export type JsonPrimitive = string | number | boolean | null
export type JsonValue = JsonPrimitive | readonly JsonValue[] | JsonObject
export type JsonObject = { readonly [key: string]: JsonValue }

/** Time as a dependency: `now` is epoch milliseconds UTC, `monotonic` milliseconds that never step back. */
export interface Clock {
  now(): number
  monotonic(): number
}

/** Last argument of asynchronous calls. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** Marks a branch that a closed union cannot reach. */
export function assertNever(value: never): never {
  throw new TypeError(`unreachable case ${String(value)}`)
}

/** True for a plain JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A promise that a test settles by hand. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>
  readonly resolve: (value: Value) => void
  readonly reject: (thrown: unknown) => void
}

export function createDeferred<Value = void>(): Deferred<Value> {
  let settle: Pick<Deferred<Value>, 'resolve' | 'reject'> | undefined
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // The executor above has run by now.
  return { promise, resolve: (value) => settle?.resolve(value), reject: (thrown) => settle?.reject(thrown) }
}

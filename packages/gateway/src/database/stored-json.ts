/**
 * A document that this service wrote itself, from a value of this type that had been checked. The one place where a row's
 * text becomes a value without being checked again.
 */
export function storedJson<Value>(text: string): Value {
  return JSON.parse(text) as Value
}

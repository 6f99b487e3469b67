import { fillSchema, isJsonObject, messageOf, parseInstant, schemaCauses, type ErrorCause } from '@qmtl/contracts'
import type { VenueFill } from '@qmtl/brokerage'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'

const text = Type.String({ maxLength: 2_000, pattern: '^[^\\u0000]*$' })
const endedSchema = Type.Object({
  world_id: fillSchema.properties.world_id,
  client_order_id: fillSchema.properties.client_order_id,
  status: Type.Enum(['canceled', 'invalid']),
  code: text,
  message: text,
})
const venueFillSchema = Type.Omit(fillSchema, ['received_at'])

const endedValidator = Compile(endedSchema)
const fillValidator = Compile(venueFillSchema)

/** A report that can be recorded, without the members that nobody here knows. */
export type CheckedReport =
  | { readonly kind: 'filled'; readonly fill: VenueFill }
  | ({ readonly kind: 'ended' } & Readonly<Static<typeof endedSchema>>)

/** What a venue reports comes from outside: either it is what the port says, or every cause why it is not. */
export function checkReport(report: unknown): CheckedReport | { readonly causes: readonly ErrorCause[] } {
  const { kind, fill, ...rest } = isJsonObject(report) ? report : {}
  if (kind === 'filled') return checkFill(known(fill, venueFillSchema.properties))
  if (kind !== 'ended') return { causes: [{ path: '/kind', message: 'must be one of filled, ended', value: kind }] }
  const ended = known(rest, endedSchema.properties)
  return endedValidator.Check(ended) ? { kind, ...ended } : { causes: schemaCauses(endedValidator, ended) }
}

function checkFill(fill: unknown): CheckedReport | { readonly causes: readonly ErrorCause[] } {
  if (!fillValidator.Check(fill)) return { causes: schemaCauses(fillValidator, fill, '/fill') }
  try {
    parseInstant(fill.filled_at)
  } catch (thrown) {
    return { causes: [{ path: '/fill/filled_at', message: messageOf(thrown), value: fill.filled_at }] }
  }
  return { kind: 'filled', fill }
}

function known(value: unknown, members: object): unknown {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(members, name)))
}

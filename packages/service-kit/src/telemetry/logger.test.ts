import { expect, test } from 'vitest'
import { QmtlError } from '@qmtl/contracts'
import { createLogger, type LogFields } from './logger.ts'

function logged(fields: LogFields): unknown {
  const lines: string[] = []
  const log = createLogger({ service: 'gateway', destination: { write: (line) => lines.push(line) } })
  log.child({ world_id: 'w' }).info('apply-unfrozen', fields)
  return JSON.parse(lines.join(''))
}

test('a line is one JSON object with service, event and fields', () => {
  expect(logged({ took_ms: 3 })).toMatchObject({
    service: 'gateway',
    event: 'apply-unfrozen',
    world_id: 'w',
    took_ms: 3,
  })
})

test('members named like secrets are hidden at any depth', () => {
  const hidden = { config: [{ api_key: 'k', dsn: 'postgres://u:p@h' }], authorization: 'Bearer x', accessToken: 't' }
  const line = JSON.stringify(logged(hidden))
  for (const secret of ['"k"', 'postgres', 'Bearer', '"t"']) expect(line).not.toContain(secret)
})

test('an error shows its code, details and causes', () => {
  const error = new QmtlError('E_TIMEOUT', 'late', { details: { token: 'x', n: 1 }, cause: new Error('why') })
  expect(logged({ error })).toMatchObject({
    error: { code: 'E_TIMEOUT', message: 'late', details: { token: '[redacted]', n: 1 }, cause: { message: 'why' } },
  })
})

test('an object that contains itself does not break the line', () => {
  const loop: Record<string, unknown> = {}
  loop['self'] = loop
  expect(JSON.stringify(logged({ loop }))).toContain('[…]')
})

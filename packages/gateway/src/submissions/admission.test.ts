import { createDeferred } from '@qmtl/service-kit/testing'
import { expect, test } from 'vitest'
import { createAdmission } from './admission.ts'

test('what would be too much beside the others is told when to come again, until there is room', async () => {
  const admission = createAdmission(100)
  const first = createDeferred()
  const second = createDeferred()
  const waiting = [admission.hold(60, () => first.promise), admission.hold(40, () => second.promise)]
  await expect(admission.hold(1, async () => 'late')).rejects.toMatchObject({
    code: 'E_DEGRADED',
    message: 'submissions of 100 characters wait for the log already, 100 at most',
    details: { retry_after_s: 1 },
  })
  second.resolve()
  await waiting[1]
  expect(await admission.hold(40, async () => 'in time')).toBe('in time')
  first.resolve()
  await waiting[0]
})

test('one submission alone passes, whatever its size, and a failure gives its room back', async () => {
  const admission = createAdmission(100)
  const failing = admission.hold(1_000, () => Promise.reject(new Error('lost')))
  await expect(failing).rejects.toThrow('lost')
  expect(await admission.hold(1_000, async () => 'kept')).toBe('kept')
})

import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('a metric asked for twice is one metric, and shows in the exposition', async () => {
  const metrics = createMetrics()
  const options = { name: 'qmtl_gateway_submissions_total', help: 'Submissions', labels: ['outcome'] } as const
  metrics.counter(options).add({ outcome: 'queued' })
  metrics.counter(options).add({ outcome: 'queued' }, 2)
  metrics.gauge({ name: 'qmtl_gateway_queue_count', help: 'Queue' }).set({}, 7)
  const { text } = await metrics.exposition()
  expect(text).toContain('qmtl_gateway_submissions_total{outcome="queued"} 3')
  expect(text).toContain('qmtl_gateway_queue_count 7')
})

test('a name against the rules, or of another kind of metric, is refused', () => {
  const metrics = createMetrics()
  expect(() => metrics.counter({ name: 'submissions', help: '' })).toThrow(TypeError)
  metrics.gauge({ name: 'qmtl_a_b', help: 'x' })
  expect(() => metrics.counter({ name: 'qmtl_a_b', help: 'x' })).toThrow()
})

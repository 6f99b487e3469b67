import { createFakeClock } from '@qmtl/contracts/testing'
import { expect, test } from 'vitest'
import { sampleDag } from '../testing/sample-dag.ts'
import { createAcceptedDags } from './accepted-dags.ts'

const dag = sampleDag(1)
const mebi = 1024 * 1024

test('a DAG is given once', () => {
  const accepted = createAcceptedDags(createFakeClock())
  accepted.keep('a', dag, 10)
  expect(accepted.take('a')).toBe(dag)
  expect(accepted.take('a')).toBeUndefined()
  expect(accepted.take('nobody')).toBeUndefined()
})

test('the oldest are kept up to a size, and what is taken makes room', () => {
  const accepted = createAcceptedDags(createFakeClock())
  accepted.keep('a', dag, 8 * mebi)
  accepted.keep('b', dag, 8 * mebi)
  accepted.keep('c', dag, 1)
  expect(accepted.take('c')).toBeUndefined()
  expect(accepted.take('a')).toBe(dag)
  accepted.keep('d', dag, 8 * mebi)
  expect([accepted.take('b'), accepted.take('d')]).toEqual([dag, dag])
})

test('what another process works on is dropped after a minute', () => {
  const clock = createFakeClock()
  const accepted = createAcceptedDags(clock)
  accepted.keep('a', dag, 16 * mebi)
  clock.advance(59_999)
  accepted.keep('b', dag, 1)
  expect(accepted.take('b')).toBeUndefined()
  clock.advance(1)
  accepted.keep('c', dag, 16 * mebi)
  expect(accepted.take('a')).toBeUndefined()
  expect(accepted.take('c')).toBe(dag)
})

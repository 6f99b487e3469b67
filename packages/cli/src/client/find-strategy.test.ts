import { describe, expect, test } from 'vitest'
import { sampleStatus } from '../testing/wire-samples.ts'
import { findByName } from './find-strategy.ts'
import { readPages } from './read-pages.ts'
import { namesOf } from './strategy-names.ts'

const submitted = (strategy_id: string, name: string) => ({ ...sampleStatus, strategy_id, name })
const known = [submitted('a', 'trend'), submitted('b', 'carry'), submitted('c', 'trend'), submitted('d', 'trend')]

describe('a strategy found by name', () => {
  test('is the newest of its name, the older ones are named', () => {
    expect(findByName(known, 'trend', undefined)).toEqual({ strategyId: 'd', name: 'trend', older: ['c', 'a'] })
  })

  test.each([
    ['trent', 'demo', "no strategy 'trent' in world demo; did you mean 'trend'?"],
    ['zzzzzzzz', undefined, "no strategy 'zzzzzzzz'; known: trend, carry"],
  ])('that is %s does not exist', (name, world, message) => {
    expect(() => findByName(known, name, world)).toThrow(message)
  })

  test('does not exist while nothing was submitted', () => {
    expect(() => findByName([], 'trend', undefined)).toThrow("no strategy 'trend'; none was submitted yet")
  })
})

test('strategies of one name are told apart by their ids', () => {
  const nameOf = namesOf([submitted('aaaa-1111', 'trend'), submitted('aaaa-2222', 'trend'), submitted('x', 'carry')])
  expect(['aaaa-1111', 'aaaa-2222', 'x', 'y'].map(nameOf)).toEqual(['trend~1111', 'trend~2222', 'carry', 'y'])
})

test('pages are read to the empty one, each from where the last ended', async () => {
  const asked: number[] = []
  const entries = await readPages(async (after) => {
    asked.push(after)
    return after < 6 ? { entries: [after + 1, after + 2], next_after: after + 2 } : { entries: [], next_after: after }
  }, 2)
  expect(entries).toEqual([3, 4, 5, 6])
  expect(asked).toEqual([2, 4, 6])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from '../json/canonical-json.ts'
import type { JsonValue } from '../types.ts'
import { canonicalParams, excludedParamPaths } from './canonical-params.ts'
import { isExcludedParameter } from './node-fields.ts'

const names = fc.constantFrom('a', 'window', 'seed', 'SEED', 'env_x', 'domain', 'inputs')
const { params: anyParams } = fc.letrec<{ params: JsonValue; leaf: JsonValue }>((tie) => ({
  params: fc.oneof({ depthSize: 'small' }, tie('leaf'), fc.array(tie('params')), fc.dictionary(names, tie('params'))),
  leaf: fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom('x', 'seed')),
}))

test('leaving names out while writing gives the text of the parameters without them', () => {
  fc.assert(
    fc.property(anyParams, (params) => {
      expect(canonicalJson(params, isExcludedParameter)).toBe(canonicalJson(canonicalParams(params)))
    }),
  )
})

test('what is left out is named by its path, and nothing else is', () => {
  fc.assert(
    fc.property(anyParams, (params) => {
      const isWhole = canonicalJson(canonicalParams(params)) === canonicalJson(params)
      expect(excludedParamPaths(params).length === 0).toBe(isWhole)
    }),
  )
  expect(excludedParamPaths({ a: [{ seed: 1, b: { ENV_X: 2 } }], domain: { c: 3 } })).toEqual([
    'a[0].seed',
    'a[0].b.ENV_X',
    'domain',
  ])
})

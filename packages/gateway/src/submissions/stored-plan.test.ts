import { expect, test } from 'vitest'
import { sampleDag } from '../testing/sample-dag.ts'
import { samplePlan } from '../testing/sample-plan.ts'
import { planOfText, planText } from './stored-plan.ts'

test('a plan comes back whole from its text and the DAG that it plans, whatever the order of the nodes there', () => {
  const dag = sampleDag(1, { nodes: 20 })
  const plan = samplePlan(dag)
  expect(planOfText(planText(plan), { ...dag, nodes: dag.nodes.toReversed() })).toEqual(plan)
})

test('the text of a plan of twenty nodes is less than a third of its JSON', () => {
  const plan = samplePlan(sampleDag(1, { nodes: 20 }))
  expect(planText(plan).length * 3).toBeLessThan(JSON.stringify(plan).length)
})

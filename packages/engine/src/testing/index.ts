export { anyBars, anyGraph } from './any-graph.ts'

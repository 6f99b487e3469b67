export { anyFills } from './generators.ts'

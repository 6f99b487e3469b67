export { anyFills } from './generators.ts'
export { describeVenue, type VenueBench } from './describe-venue.ts'

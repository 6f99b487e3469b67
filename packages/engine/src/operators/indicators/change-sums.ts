import { countedSum, pushCounted, type CountedSum } from '../rolling/sum-window.ts'

/** What rose and what fell among the last changes. */
export interface ChangeSums {
  previous: number
  readonly ups: CountedSum
  readonly downs: CountedSum
  /** `NaN` until the window is full. */
  up: number
  down: number
}

export function changeSums(size: number): ChangeSums {
  return { previous: NaN, ups: countedSum(size), downs: countedSum(size), up: NaN, down: NaN }
}

/** Takes in what rose or fell from the bar before: one of the two is 0. A `NaN` of either empties the window. */
export function pushChange(state: ChangeSums, up: number, down: number): void {
  state.up = pushCounted(state.ups, up)
  state.down = pushCounted(state.downs, down)
}

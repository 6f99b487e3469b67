/** Named figures of one run; the unit stands last in each name. */
export type BenchResult = Readonly<Record<string, number | string | boolean>>

/** A measurement that `npm run bench -- NAME` runs. */
export interface Bench {
  readonly name: string
  readonly description: string
  run(): Promise<BenchResult>
}

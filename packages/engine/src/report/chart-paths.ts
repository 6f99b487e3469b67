import { heightOf, pointText, rounded, type Scale } from './chart.ts'
import { chartColumns, columnOf, extremeRows } from './chart-extremes.ts'
import { html, type Html } from './html.ts'

/** Values over time; both `length` long, times (epoch milliseconds) ascending, `NaN` for no value. */
export interface Curve {
  readonly timesMs: ArrayLike<number>
  readonly values: ArrayLike<number>
}

/** A line through the extremes of each pixel column. */
export function linePath(curve: Curve, scale: Scale, style: string): Html {
  return html`<path class="line ${style}" d="${curvePaths(curve, scale).join('')}" />`
}

/** The area between a curve and a base value, with a line along the curve. */
export function areaPath(curve: Curve, scale: Scale, { base, style }: { base: number; style: string }): Html {
  const baseHeight = rounded(heightOf(base, scale.range))
  const areas = extremeRows(curve.timesMs, curve.values, scale.span).map((rows) => {
    const start = pointText(curve.timesMs[rows[0]!]!, base, scale)
    return `M${start}L${pointsOf(rows, curve, scale)}V${baseHeight}Z`
  })
  return html`<path class="area ${style}" d="${areas.join('')}" />${linePath(curve, scale, style)}`
}

/** The band from the lowest low to the highest high of each pixel column. */
export function bandPath(low: Curve, high: Curve, scale: Scale): Html {
  const columns = columnBands(low, high, scale)
  if (columns.length === 0) return html``
  const upper = columns.map(({ timeMs, high: value }) => pointText(timeMs, value, scale))
  const lower = columns.map(({ timeMs, low: value }) => pointText(timeMs, value, scale)).reverse()
  return html`<path class="band" d="M${[...upper, ...lower].join('L')}Z" />`
}

interface ColumnBand {
  readonly column: number
  readonly timeMs: number
  low: number
  high: number
}

function columnBands(low: Curve, high: Curve, { span }: Scale): readonly ColumnBand[] {
  const bands: ColumnBand[] = []
  for (let row = 0; row < low.values.length; row++) {
    const timeMs = low.timesMs[row]!
    const column = columnOf(timeMs, span)
    const last = bands.at(-1)
    if (last?.column === column) {
      last.low = Math.min(last.low, low.values[row]!)
      last.high = Math.max(last.high, high.values[row]!)
    } else {
      bands.push({ column, timeMs, low: low.values[row]!, high: high.values[row]! })
    }
  }
  return bands
}

/** A mark at an instant and a value. */
export interface Point {
  readonly timeMs: number
  readonly value: number
}

const pointColumns = 500

/** Dots that no stretching distorts; of each half-wide column the lowest and the highest, so that a million stay a few hundred. */
export function pointMarks(points: readonly Point[], scale: Scale, style: string): Html {
  const kept = new Map<string, Point>()
  for (const point of points) {
    const column = Math.floor((columnOf(point.timeMs, scale.span) * pointColumns) / chartColumns)
    const [low, high] = [`${column} low`, `${column} high`]
    if (point.value < (kept.get(low)?.value ?? Number.POSITIVE_INFINITY)) kept.set(low, point)
    if (point.value > (kept.get(high)?.value ?? Number.NEGATIVE_INFINITY)) kept.set(high, point)
  }
  const marks = [...new Set(kept.values())].map(({ timeMs, value }) => `M${pointText(timeMs, value, scale)}h0`)
  return html`<path class="mark ${style}" d="${marks.join('')}" />`
}

/** A level line across the drawing. */
export function levelPath(value: number, scale: Scale): Html {
  return html`<path class="level" d="M0 ${rounded(heightOf(value, scale.range))}H${chartColumns}" />`
}

function curvePaths(curve: Curve, scale: Scale): readonly string[] {
  return extremeRows(curve.timesMs, curve.values, scale.span).map((rows) => {
    const only = rows.length === 1 ? 'h0' : ''
    return `M${pointsOf(rows, curve, scale)}${only}`
  })
}

function pointsOf(rows: readonly number[], { timesMs, values }: Curve, scale: Scale): string {
  return rows.map((row) => pointText(timesMs[row]!, values[row]!, scale)).join('L')
}

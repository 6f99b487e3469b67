import { chartColumns, type TimeSpan } from './chart-extremes.ts'
import { shareOf, type Tick, type ValueRange } from './chart-axis.ts'
import { html, type Html } from './html.ts'

/** Height of every chart's coordinates; the page stretches them to what there is. */
const chartHeight = 300

/** What a chart is made of: marks and drawing share its coordinates, which run from the top left to 1000 × 300. */
export interface Chart {
  readonly title: string
  /** What the colours and marks stand for. */
  readonly key?: readonly KeyEntry[]
  /** For those who cannot see it. */
  readonly summary: string
  readonly size?: 'high' | 'low'
  readonly valueTicks: readonly Tick[]
  readonly acrossTicks: readonly Tick[]
  readonly drawing: readonly Html[]
  readonly readings?: Readings
}

export interface KeyEntry {
  /** A class of the page's style. */
  readonly mark: string
  readonly text: string
}

/** What a pointer over the chart reads off: texts from left to right, each for an equal part of the span. */
export interface Readings {
  readonly span: TimeSpan
  readonly texts: readonly string[]
}

/** A figure that stretches with the page: labels are text of the page, only the drawing is stretched. */
export function chart({ title, key = [], summary, size, valueTicks, acrossTicks, drawing, readings }: Chart): Html {
  return html`<figure class="chart ${size}">
    <figcaption>
      <b>${title}</b
      >${key.map(({ mark, text }) => html`<span class="key"><i class="${mark}"></i>${text}</span>`)}<output></output>
    </figcaption>
    <div class="across">
      <div class="values" aria-hidden="true">${valueTicks.map(valueLabel)}</div>
      <div class="plot" ${readings && readingsOf(readings)}>
        <svg viewBox="0 0 ${chartColumns} ${chartHeight}" preserveAspectRatio="none" role="img" aria-label="${summary}">
          <path class="grid" d="${gridPath(valueTicks)}" />
          ${drawing}
        </svg>
      </div>
      <div class="times" aria-hidden="true">${acrossTicks.map(acrossLabel)}</div>
    </div>
  </figure>`
}

function valueLabel({ at, label }: Tick): Html {
  return html`<span style="bottom:${percentOf(at)}">${label}</span>`
}

/** A label at the right edge ends there: half of it would be outside the page. */
function acrossLabel({ at, label }: Tick): Html {
  return html`<span ${at > 0.97 ? html`class="end"` : ''} style="left:${percentOf(at)}">${label}</span>`
}

function percentOf(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`
}

function gridPath(ticks: readonly Tick[]): string {
  return ticks.map(({ at }) => `M0 ${rounded((1 - at) * chartHeight)}H${chartColumns}`).join('')
}

function readingsOf({ span, texts }: Readings): Html {
  return html` data-from="${span.fromMs}" data-to="${span.toMs}" data-readings="${texts.join('|')}"`
}

const mostReadings = 500

/** The last value of each part of the span, as text; a part without a value reads as the one before. */
export function readingsAlong(
  timesMs: ArrayLike<number>,
  span: TimeSpan,
  textAt: (row: number) => string | undefined,
): Readings {
  const texts: string[] = []
  let row = -1
  for (let part = 0; part < mostReadings; part++) {
    const endMs = span.fromMs + ((part + 0.5) / mostReadings) * (span.toMs - span.fromMs)
    while (row + 1 < timesMs.length && timesMs[row + 1]! <= endMs) row++
    texts.push((row < 0 ? undefined : textAt(row)) ?? '')
  }
  return { span, texts }
}

/** Turns times and values into coordinates of a drawing. */
export interface Scale {
  readonly span: TimeSpan
  readonly range: ValueRange
}

/** A point as a path writes it: `12.5 80`. */
export function pointText(timeMs: number, value: number, { span, range }: Scale): string {
  const x = ((timeMs - span.fromMs) / (span.toMs - span.fromMs)) * chartColumns
  return `${rounded(x)} ${rounded(heightOf(value, range))}`
}

/** How far below the top a value is drawn. */
export function heightOf(value: number, range: ValueRange): number {
  return (1 - shareOf(value, range)) * chartHeight
}

/** Coordinates need a tenth at most. */
export function rounded(coordinate: number): number {
  return Math.round(coordinate * 10) / 10
}

import { emptyBarColumns, setBar, type Bar, type BarColumns, type BarSource } from '@qmtl/market'

/** Bars of one source that grow at their end, ascending by open time, and can be changed in the middle. */
export interface BarHistory {
  /** A view of what is there; valid until the next change. */
  columns(): BarColumns
  /** Puts a bar at its place; `changed` where it differs from what stood there. */
  put(bar: Bar): 'added' | 'changed' | 'same'
}

const firstCapacity = 1024

export function createBarHistory(source: BarSource): BarHistory {
  let room = emptyBarColumns(source, firstCapacity)
  let length = 0
  const grow = (): void => {
    const larger = emptyBarColumns(source, room.length * 2)
    for (const [into, from] of pairsOf(larger, room)) into.set(from)
    room = larger
  }
  return {
    columns: () => viewOf(room, length),
    put(bar) {
      const place = placeOf(room.openTimeMs, length, bar.openTimeMs)
      if (place < length && room.openTimeMs[place] === bar.openTimeMs) {
        if (isSame(room, place, bar)) return 'same'
        setBar(room, place, bar)
        return 'changed'
      }
      if (length === room.length) grow()
      for (const [column] of pairsOf(room, room)) column.copyWithin(place + 1, place, length)
      setBar(room, place, bar)
      length += 1
      return 'added'
    },
  }
}

/** First place whose bar opens at or after an instant. */
function placeOf(openTimeMs: Float64Array, length: number, instantMs: number): number {
  let place = length
  // Late bars are seldom far behind: from the end back.
  while (place > 0 && openTimeMs[place - 1]! >= instantMs) place--
  return place
}

function isSame(columns: BarColumns, place: number, bar: Bar): boolean {
  return (
    Object.is(columns.open[place], bar.open) &&
    Object.is(columns.high[place], bar.high) &&
    Object.is(columns.low[place], bar.low) &&
    Object.is(columns.close[place], bar.close) &&
    Object.is(columns.volume[place], bar.volume)
  )
}

function viewOf(room: BarColumns, length: number): BarColumns {
  return {
    instrument: room.instrument,
    intervalMs: room.intervalMs,
    length,
    openTimeMs: room.openTimeMs.subarray(0, length),
    open: room.open.subarray(0, length),
    high: room.high.subarray(0, length),
    low: room.low.subarray(0, length),
    close: room.close.subarray(0, length),
    volume: room.volume.subarray(0, length),
  }
}

function pairsOf(a: BarColumns, b: BarColumns): readonly (readonly [Float64Array, Float64Array])[] {
  return [
    [a.openTimeMs, b.openTimeMs],
    [a.open, b.open],
    [a.high, b.high],
    [a.low, b.low],
    [a.close, b.close],
    [a.volume, b.volume],
  ]
}

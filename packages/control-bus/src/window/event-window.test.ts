import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventWindow } from './event-window.ts'

test('a window keeps the last events by position and remembers their ids only', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(30), (capacity, count) => {
      const window = createEventWindow(capacity)
      for (let n = 1; n <= count; n++) {
        const position = window.append({
          specversion: '1.0',
          id: `e${n}`,
          type: 't',
          source: 'qmtl.gateway',
          subject: 's',
          time: '2024-01-01T00:00:00Z',
          datacontenttype: 'application/json',
          sequence: n,
          data: {},
        })
        expect(position).toBe(n)
      }
      const oldest = Math.max(1, count - capacity + 1)
      expect([window.oldest, window.head]).toEqual([count === 0 ? 1 : oldest, count])
      for (let n = 1; n <= count; n++) {
        const kept = n >= oldest
        expect(window.at(n)?.id).toBe(kept ? `e${n}` : undefined)
        expect(window.remembers(`e${n}`)).toBe(kept)
      }
    }),
  )
})

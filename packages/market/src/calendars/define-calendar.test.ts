import { QmtlError } from '@qmtl/contracts'
import { expect, test } from 'vitest'
import { defineCalendar, type ExchangeHours } from './define-calendar.ts'
import { isOpen, nextClose, nextOpen } from './open-hours.ts'
import { describeDate, sessionOn } from './sessions.ts'

const at = (text: string): number => Date.parse(`${text}:00Z`)
const day = [{ state: 'regular', start: '09:00', end: '17:00' }] as const
const hours: ExchangeHours = {
  id: 'HOME',
  timeZone: 'Europe/Zurich',
  weekly: { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day },
}

test("a calendar of one's own follows its week, its dates and its zone", async () => {
  const calendar = await defineCalendar({
    ...hours,
    holidays: ['2024-08-01'],
    earlyCloses: { '2024-08-02': '12:00' },
    lateOpens: { '2024-08-02': '10:00' },
  })
  expect(calendar).toMatchObject({ id: 'HOME', title: 'HOME', daysPerYear: 252 })
  expect(describeDate(calendar, '2024-08-01')).toBe('closed: Holiday')
  expect(describeDate(calendar, '2024-08-02')).toBe('late open and early close: Special hours')
  expect(describeDate(calendar, '2024-08-03')).toBe('no session on a Saturday')
  expect(describeDate(calendar, '2024-08-05')).toBeUndefined()
  expect(sessionOn(calendar, '2024-08-02')).toMatchObject({
    openMs: at('2024-08-02T08:00'),
    closeMs: at('2024-08-02T10:00'),
  })
  expect(nextOpen(calendar, at('2024-07-31T16:00'))).toBe(at('2024-08-02T08:00'))
})

test('a market of seven days has 365 of them a year, and hours over midnight are joined', async () => {
  const all = [{ state: 'regular', start: '00:00', end: '24:00' }] as const
  const weekly = { sunday: all, monday: all, tuesday: all, wednesday: all, thursday: all, friday: all, saturday: day }
  const calendar = await defineCalendar({ ...hours, timeZone: 'UTC', weekly })
  expect(calendar.daysPerYear).toBe(365)
  expect(nextClose(calendar, at('2024-08-06T12:00'))).toBe(at('2024-08-10T00:00'))
  expect(isOpen(calendar, at('2024-08-07T00:00'))).toBe(true)
})

test('all that is wrong is named at once', async () => {
  const segment = (start: string, end: string) => ({ state: 'regular' as const, start, end })
  const wrong = defineCalendar({
    ...hours,
    weekly: {
      monday: [segment('9:00', '17:00'), segment('17:00', '16:00'), segment('15:00', '24:30')],
      friday: [segment('08:00', '12:00'), segment('11:00', '13:00')],
    },
    holidays: ['2024-02-30'],
    earlyCloses: { '2024-12-24': 'noon' },
    lateOpens: { yesterday: '10:00' },
  })
  const error = await wrong.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const { code, errors } = error instanceof QmtlError ? error : { code: undefined, errors: [] }
  expect(code).toBe('E_INVALID_DATA')
  expect(errors.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    `/holidays/0: '2024-02-30' is not a date like 2024-01-31`,
    `/earlyCloses/2024-12-24: 'noon' is not a time between 00:00 and 24:00`,
    `/lateOpens/yesterday: 'yesterday' is not a date like 2024-01-31`,
    `/weekly/monday/0/start: '9:00' is not a time between 00:00 and 24:00`,
    `/weekly/monday/1: the segment 17:00–16:00 must end after it starts`,
    `/weekly/monday/2/end: '24:30' is not a time between 00:00 and 24:00`,
    `/weekly/monday/2: the segment 15:00–24:30 starts before the segment ahead of it ends`,
    `/weekly/friday/1: the segment 11:00–13:00 starts before the segment ahead of it ends`,
  ])
})

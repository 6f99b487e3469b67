import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadZoneClock } from './zone-clock.ts'

const minuteMs = 60_000
const minuteOf = (text: string): number => Date.parse(`${text}:00Z`) / minuteMs

for (const [what, zone, local, expected] of [
  ['winter', 'America/New_York', '2024-01-15T09:30', '2024-01-15T14:30'],
  ['summer', 'America/New_York', '2024-07-15T09:30', '2024-07-15T13:30'],
  ['a skipped hour moves on', 'America/New_York', '2024-03-10T02:30', '2024-03-10T07:30'],
  ['a repeated hour is its first', 'America/New_York', '2024-11-03T01:30', '2024-11-03T05:30'],
  ['a change of half an hour', 'Australia/Lord_Howe', '2024-04-07T01:45', '2024-04-06T14:45'],
  ['a day that a country skipped moves on', 'Pacific/Apia', '2011-12-30T12:00', '2011-12-30T22:00'],
  ['a zone without summer time', 'Asia/Tokyo', '2024-07-15T09:00', '2024-07-15T00:00'],
  ['no zone', 'UTC', '2024-07-15T09:00', '2024-07-15T09:00'],
] as const) {
  test(`${what}: ${local} in ${zone} is ${expected} UTC`, async () => {
    const clock = await loadZoneClock(zone)
    const instantMs = (): number => clock.instantOf(minuteOf(local))
    expect(new Date(instantMs()).toISOString()).toBe(`${expected}:00.000Z`)
    expect(instantMs()).toBe(instantMs())
  })
}

test('an unknown zone is refused with an example', async () => {
  await expect(loadZoneClock('America/New_Yorkk')).rejects.toMatchObject({
    code: 'E_INVALID_DATA',
    message: `'America/New_Yorkk' is not a known time zone`,
    hint: 'name a zone of the IANA database, such as America/New_York',
  })
})

test('the instant of a wall-clock time shows that time, but for hours that were skipped', async () => {
  const zone = 'Europe/London'
  const clock = await loadZoneClock(zone)
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const spring = /^\d{4}-03-(2[5-9]|3[01]) 01:/
  fc.assert(
    fc.property(fc.integer({ min: minuteOf('1996-01-01T00:00'), max: minuteOf('2037-01-01T00:00') }), (minute) => {
      const local = new Date(minute * minuteMs).toISOString().slice(0, 16).replace('T', ' ')
      if (!spring.test(local)) expect(format.format(clock.instantOf(minute))).toBe(local)
    }),
  )
})

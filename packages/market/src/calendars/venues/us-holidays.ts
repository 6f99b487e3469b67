import {
  fixedDay,
  inYears,
  lastWeekday,
  nearestWeekday,
  nthWeekday,
  easterPlus,
  type YearlyDay,
} from '../year-rules.ts'

const monday = 1
const thursday = 4
const forever = Infinity

/** A Sunday moves to Monday; on a Saturday there is no holiday, because the Friday before ends the accounting year. */
export const newYearsDay = fixedDay(1, 1)

export const martinLutherKingDay: YearlyDay = inYears(1998, forever, nthWeekday(3, monday, 1))
export const presidentsDay = nthWeekday(3, monday, 2)
export const goodFriday = easterPlus(-2)
export const memorialDay = lastWeekday(monday, 5)
export const juneteenth: YearlyDay = inYears(2022, forever, nearestWeekday(fixedDay(6, 19)))
export const independenceDay = nearestWeekday(fixedDay(7, 4))
export const laborDay = nthWeekday(1, monday, 9)
export const thanksgivingDay = nthWeekday(4, thursday, 11)
export const christmasDay = nearestWeekday(fixedDay(12, 25))

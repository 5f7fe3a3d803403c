import { language } from '../texts/language.ts'
import { t } from '../texts/texts.ts'

export const formatWon = new Intl.NumberFormat(language, { style: 'currency', currency: 'KRW' }).format
export const count = new Intl.NumberFormat(language).format

const alternatives = new Intl.ListFormat(language, { type: 'disjunction' })

/** a, b, or c */
export const oneOf = (names: readonly string[]): string => alternatives.format(names)

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const sizes = { d: day, h: hour, min: minute, s: second, ms: 1 } as const

type Unit = keyof typeof sizes

/** A time span in one or two units, such as `1 h 30 min`. */
export function duration(ms: number): string {
  if (ms < 0) return `−${duration(-ms)}`
  if (ms < second) return t.time.ms(Math.round(ms))
  if (ms < 10 * second) return t.time.s(Math.floor(ms / 100) / 10)
  if (ms < minute) return whole(ms, 's')
  if (ms < hour) return inTwo(ms, 'min', 's')
  return ms < day ? inTwo(ms, 'h', 'min') : inTwo(ms, 'd', 'h')
}

const whole = (ms: number, unit: Unit) => t.time[unit](Math.floor(ms / sizes[unit]))

function inTwo(ms: number, large: Unit, small: Unit): string {
  const rest = ms % sizes[large]
  return rest < sizes[small] ? whole(ms, large) : `${whole(ms, large)} ${whole(rest, small)}`
}

/** An age in one unit, in whole seconds at the finest, to be read at a glance. */
export function age(ms: number): string {
  if (ms < second) return t.time.now
  if (ms < minute) return whole(ms, 's')
  if (ms < hour) return whole(ms, 'min')
  return ms < day ? whole(ms, 'h') : whole(ms, 'd')
}

/** `in 9 s`, or `9 s ago` */
export function fromNow(time: string, now: number): string {
  const ms = Date.parse(time) - now
  return ms >= 0 ? t.time.in(inSeconds(ms)) : t.time.ago(inSeconds(-ms))
}

const inSeconds = (ms: number) => duration(ms < minute ? Math.floor(ms / second) * second : ms)

const format = (options: Intl.DateTimeFormatOptions) => {
  const { format } = new Intl.DateTimeFormat(language, options)
  return (time: string | number): string => format(new Date(time))
}

const timeOfDay = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const

/** The time of day, to the millisecond. */
export const clock = format({ ...timeOfDay, second: '2-digit', fractionalSecondDigits: 3 })
export const hourAndMinute = format(timeOfDay)
export const dayOf = format({ day: 'numeric', month: 'short' })
export const dayAndTime = format({ dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })

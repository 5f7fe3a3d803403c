export const formatWon = new Intl.NumberFormat('en', { style: 'currency', currency: 'KRW' }).format
export const count = new Intl.NumberFormat('en').format

const alternatives = new Intl.ListFormat('en', { type: 'disjunction' })

/** a, b, or c */
export const oneOf = (names: readonly string[]): string => alternatives.format(names)

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A time span in one or two units, such as `1 h 30 min`. */
export function duration(ms: number): string {
  if (ms < 0) return `−${duration(-ms)}`
  if (ms < second) return `${Math.round(ms)} ms`
  if (ms < 10 * second) return `${Math.floor(ms / 100) / 10} s`
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return inUnits(ms, minute, 'min', second, 's')
  if (ms < day) return inUnits(ms, hour, 'h', minute, 'min')
  return inUnits(ms, day, 'd', hour, 'h')
}

function inUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small)
  return `${Math.floor(ms / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`
}

/** An age in one unit, in whole seconds at the finest, to be read at a glance. */
export function age(ms: number): string {
  if (ms < second) return 'now'
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return `${Math.floor(ms / minute)} min`
  return ms < day ? `${Math.floor(ms / hour)} h` : `${Math.floor(ms / day)} d`
}

/** `in 9 s`, or `9 s ago` */
export function fromNow(time: string, now: number): string {
  const ms = Date.parse(time) - now
  return ms >= 0 ? `in ${inSeconds(ms)}` : `${inSeconds(-ms)} ago`
}

const inSeconds = (ms: number) => duration(ms < minute ? Math.floor(ms / second) * second : ms)

const format = (options: Intl.DateTimeFormatOptions) => {
  const { format } = new Intl.DateTimeFormat('en', options)
  return (time: string | number): string => format(new Date(time))
}

const timeOfDay = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const

/** The time of day, to the millisecond. */
export const clock = format({ ...timeOfDay, second: '2-digit', fractionalSecondDigits: 3 })
export const hourAndMinute = format(timeOfDay)
export const dayOf = format({ day: 'numeric', month: 'short' })
export const dayAndTime = format({ dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })

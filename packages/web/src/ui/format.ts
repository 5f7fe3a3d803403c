const won0 = new Intl.NumberFormat('en', { style: 'currency', currency: 'KRW' })
const whole = new Intl.NumberFormat('en')

export const won = (amount: number): string => won0.format(amount)

export const count = (n: number): string => whole.format(n)

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** How long something takes: as exact as one can care about it. */
export function duration(ms: number): string {
  if (ms < 0) return `−${duration(-ms)}`
  if (ms < second) return `${Math.round(ms)} ms`
  if (ms < 10 * second) return `${Math.floor(ms / 100) / 10} s`
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return two(ms, minute, 'min', second, 's')
  if (ms < day) return two(ms, hour, 'h', minute, 'min')
  return two(ms, day, 'd', hour, 'h')
}

function two(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small)
  return `${Math.floor(ms / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`
}

/** An age: whole seconds, and in one unit, for it is read at a glance. */
export function age(ms: number): string {
  if (ms < second) return 'now'
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return `${Math.floor(ms / minute)} min`
  return ms < day ? `${Math.floor(ms / hour)} h` : `${Math.floor(ms / day)} d`
}

/** The time from now until then, or since then. */
export const fromNow = (time: string, now: number): string => {
  const ms = Date.parse(time) - now
  return ms >= 0 ? `in ${whole1(ms)}` : `${whole1(-ms)} ago`
}

const whole1 = (ms: number) => duration(ms < minute ? Math.floor(ms / second) * second : ms)

const clock0 = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
})
const day0 = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const short0 = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const full0 = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })

const list0 = new Intl.ListFormat('en', { type: 'disjunction' })

/** One of these: a, b, or c. */
export const oneOf = (names: readonly string[]): string => list0.format(names)

/** The time of day, to the millisecond. */
export const clock = (time: string): string => clock0.format(new Date(time))

export const dayOf = (time: string | Date): string => day0.format(new Date(time))

export const hourAndMinute = (ms: number): string => short0.format(new Date(ms))

export const dayAndTime = (time: string): string => full0.format(new Date(time))

import type { Argv } from 'yargs'
import { UsageError } from '../connect/exit-codes.ts'

const reasons = ['forged', 'unknown-kind', 'unknown-key', 'unreadable', 'handler-failed'] as const

/** What dead letters are chosen by. */
export interface LetterFilter {
  readonly event?: string
  readonly reason?: (typeof reasons)[number]
  readonly error?: string
  readonly orderId?: string
  readonly from?: string
  readonly to?: string
}

export const filterOptions = <T>(argv: Argv<T>) =>
  argv
    .option('event', { string: true, describe: 'only letters of this event' })
    .option('reason', { choices: reasons, describe: 'only letters of this kind of failure' })
    .option('error', {
      string: true,
      describe: 'only letters of this group of errors, as `groups` prints it with --json',
    })
    .option('order', { string: true, describe: 'only letters of this order' })
    .option('from', {
      string: true,
      describe: 'only letters since then: a time, or an age such as 30m, 2h, 1d',
    })
    .option('to', { string: true, describe: 'only letters from before then' })

/** As the command line has it. */
export interface GivenFilter
  extends Readonly<Partial<Record<'event' | 'error' | 'order' | 'from' | 'to', string | undefined>>> {
  readonly reason?: LetterFilter['reason'] | undefined
}

/** @throws UsageError */
export function filterFrom(
  { event, reason, error, order, from, to }: GivenFilter,
  now = Date.now(),
): LetterFilter {
  return {
    ...(event !== undefined && { event }),
    ...(reason !== undefined && { reason }),
    ...(error !== undefined && { error }),
    ...(order !== undefined && { orderId: order }),
    ...(from !== undefined && { from: momentOf('from', from, now) }),
    ...(to !== undefined && { to: momentOf('to', to, now) }),
  }
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function momentOf(option: string, text: string, now: number): string {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count && unit) return new Date(now - Number(count) * unitMs[unit as keyof typeof unitMs]).toISOString()
  // `Date.parse` takes much more for a time, such as 2.
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new UsageError(`--${option} is no time and no age: ${text}`)
  return new Date(at).toISOString()
}

import type { Overview, ServiceState } from '@saucery/client/schemas'

/** The latest answer, and when it came, in ms. */
export interface Received {
  readonly services: Overview['services']
  readonly at: number
}

/** Older values are greyed: they may not be true any more. */
const oldMs = 10_000
/** Overdue orders are counted every 15 s. */
const oldCountMs = 45_000
/** A state is read every two seconds; without a newer one for so long, nobody knows it. */
const unknownMs = 6000

export const sinceMs = ({ at }: Received, now: number) => Math.max(0, now - at)

export const isOld = (ageMs: number, limitMs = oldMs) => ageMs > limitMs

/** The state, or `unknown` when the answer that tells it is too old. */
export const stateAt = ({ state }: Pick<ServiceState, 'state'>, since: number) =>
  since > unknownMs ? 'unknown' : state

/** A number with its age in ms. */
export interface Aged {
  readonly value: number
  readonly isOld: boolean
}

/** Of all services that have reported; undefined while none has. */
export function deadLettersOf({ services }: Received, since: number): Aged | undefined {
  const reports = services.flatMap(({ report }) => report ?? [])
  if (reports.length === 0) return undefined
  const value = reports.reduce((sum, { deadLetters }) => sum + deadLetters, 0)
  return { value, isOld: reports.some(({ ageMs }) => isOld(ageMs + since)) }
}

/** As the dashboard last counted them; undefined while it has not. */
export function overdueOf({ services }: Received, since: number): Aged | undefined {
  for (const { report } of services)
    if (report?.overdue) {
      const { count, ageMs } = report.overdue
      return { value: count, isOld: isOld(ageMs + report.ageMs + since, oldCountMs) }
    }
  return undefined
}

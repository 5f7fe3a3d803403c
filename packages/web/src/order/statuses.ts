import { isFinal, type Status } from '@saucery/contracts/status'

/** In the order in which they are shown. */
export const underway = ['PLACED', 'PAID', 'DELIVERING', 'CANCELLING', 'REFUNDING'] as const
export const ended = ['DELIVERED', 'CANCELLED', 'REJECTED', 'FAILED'] as const

export const statuses: readonly Status[] = [...underway, ...ended]

const known = new Set<string>(statuses)

export const isStatus = (text: string): text is Status => known.has(text)

/** A class of the status's own colour. */
export const classOf = (status: Status): string => `status-${status.toLowerCase()}`

export { isFinal }

import { type Status, statuses } from '@saucery/contracts/status'

/** The columns of the board, in the order in which they are shown. */
export const underway = ['PLACED', 'PAID', 'DELIVERING', 'CANCELLING', 'REFUNDING'] as const
export const ended = ['DELIVERED', 'CANCELLED', 'REJECTED', 'FAILED'] as const

export const isStatus = (text: string): text is Status => statuses.some((status) => status === text)

/** The class that sets the status's colour. */
export const classOf = (status: Status): string => `status-${status.toLowerCase()}`

export const StatusMark = ({ status }: { status: Status }) => (
  <span class={`status ${classOf(status)}`}>{status}</span>
)

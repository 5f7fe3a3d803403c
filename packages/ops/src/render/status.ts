import type { Drills, Overview, ServiceState } from '@saucery/client/schemas'
import type { Paint } from '@saucery/local/demo/paint'
import { drillLine } from './drills.ts'
import { span, table } from './table.ts'

const unknown = '?'
const none = '-'

/** The state of all services as one table, and below it what is wrong and what is a drill. */
export function statusText({ services }: Overview, drills: Drills | undefined, paint: Paint): string {
  const head = [
    'SERVICE',
    'STATE',
    'ANSWERS IN',
    'BEHIND',
    'IN FLIGHT',
    'OUTBOX',
    'OLDEST',
    'DEAD LETTERS',
    'OVERDUE',
  ]
  const rows = services.map((service) => rowOf(service, paint))
  const reasons = services.flatMap(({ service, reason }) => (reason ? [`${service}: ${reason}`] : []))
  const running = (drills?.items ?? []).map((drill) => `${paint('yellow', 'Drill')}: ${drillLine(drill)}`)
  return [table(head, rows), ...reasons, ...running].join('\n')
}

function rowOf(one: ServiceState, paint: Paint): string[] {
  const { report } = one
  const lag = one.lag?.consumers
  const sum = (field: 'pending' | 'ackPending') =>
    lag ? String(lag.reduce((total, consumer) => total + consumer[field], 0)) : unknown
  const style = one.state === 'up' ? 'green' : one.state === 'slow' ? 'yellow' : 'red'
  const letters = report?.deadLetters
  return [
    one.service,
    paint(style, one.state),
    span(one.answerMs),
    sum('pending'),
    sum('ackPending'),
    report ? String(report.outbox?.unpublished ?? none) : unknown,
    report ? (report.outbox ? span(report.outbox.oldestMs) : none) : unknown,
    letters === undefined ? unknown : letters > 0 ? paint('red', String(letters)) : '0',
    report?.overdue ? String(report.overdue.count) : none,
  ]
}

/** Why a script should stop here: empty when all is well. */
export const problemsIn = ({ services }: Overview): string[] =>
  services.flatMap(({ service, state, report }) => [
    ...(state === 'down' ? [`${service} is down`] : []),
    ...(report && report.deadLetters > 0 ? [`${service} has ${report.deadLetters} dead letters`] : []),
    ...(report?.overdue && report.overdue.count > 0 ? [`${report.overdue.count} orders are overdue`] : []),
  ])

import type { DeadLetter, DeadLetterContent, DeadLetterGroup, OperatorJob } from '@saucery/client/schemas'
import { table, when } from './table.ts'

/** So much of an error fits into a row. */
const maxError = 70

const short = (text: string) => (text.length > maxError ? `${text.slice(0, maxError - 1)}…` : text)

export const lettersText = (letters: readonly (DeadLetter & { readonly service: string })[]): string =>
  table(
    ['SERVICE', 'LETTER', 'TIME', 'EVENT', 'ORDER', 'STATE', 'TRIES', 'REASON', 'ERROR'],
    letters.map(({ service, sequence, time, event, orderId, state, tries, reason, error }) => [
      service,
      sequence,
      when(time),
      event ?? '-',
      orderId,
      state,
      tries,
      reason,
      short(error),
    ]),
  )

export const groupsText = (groups: readonly (DeadLetterGroup & { readonly service: string })[]): string =>
  table(
    ['SERVICE', 'COUNT', 'EVENT', 'REASON', 'OLDEST', 'NEWEST', 'ERROR'],
    groups.map(({ service, count, event, reason, oldest, newest, errorGroup }) => [
      service,
      count,
      event || '-',
      reason,
      when(oldest),
      when(newest),
      short(errorGroup),
    ]),
  )

/** A letter as a message: what is known of it, its headers and its body. */
export function letterText({ headers, body, ...letter }: DeadLetterContent): string {
  const fields = Object.entries(letter).map(([name, value]) => `${name}: ${value}`)
  const lines = headers.flatMap(({ name, values }) => values.map((value) => `${name}: ${value}`))
  const notes = [
    body.isCut && `of ${body.bytes} bytes the first 64 KiB`,
    body.hasHidden && 'secret fields are hidden',
  ].filter(Boolean)
  const title = notes.length > 0 ? `Body (${notes.join('; ')})` : 'Body'
  return [...fields, '', 'Headers', ...lines, '', title, body.text ?? body.base64 ?? ''].join('\n')
}

export function jobText({
  id,
  kind,
  state,
  total,
  settled,
  skipped,
  failed,
  lastError,
}: OperatorJob): string {
  const done = settled + skipped + failed
  const counts = [
    `${done} of ${total}`,
    `${failed} failed again`,
    ...(skipped > 0 ? [`${skipped} were settled before`] : []),
  ]
  const error = lastError ? `; the last error: ${short(lastError)}` : ''
  return `${kind} ${state}: ${counts.join(', ')}${error}  (job ${id})`
}

import { createHash } from 'node:crypto'
import { dataSchemaOf } from '@saucery/contracts/documents/event-headers'

interface Sample {
  readonly subject: string
  readonly headers: Readonly<Record<string, string>>
  readonly data: unknown
}

export const samplePath = (event: string, version: number) =>
  `packages/contracts/samples/${event}.${version}.json`

const textOf = (sample: Sample) => `${JSON.stringify(sample, null, 2)}\n`

/** Hexadecimal digits that are always the same for a text. */
const digits = (text: string) => createHash('sha256').update(text).digest('hex')

/** A UUID of version 7 of the time of the samples: the same command writes the same sample again. */
function idOf(text: string): string {
  const hash = digits(text)
  return `019cae50-${hash.slice(0, 4)}-7${hash.slice(4, 7)}-8${hash.slice(7, 10)}-${hash.slice(10, 22)}`
}

const idsOf = (event: string, version: number) => {
  const id = idOf(`event ${event} ${version}`)
  return { 'Nats-Msg-Id': id, 'ce-id': id }
}

/** A message of the first version, which has nothing but the order. */
export function firstSample(event: string, service: string, subject: string): string {
  const orderId = idOf(`order of ${event}`)
  const { 'Nats-Msg-Id': id } = idsOf(event, 1)
  const hash = digits(`trace of ${event}`)
  return textOf({
    subject: `${subject}.${orderId}`,
    headers: {
      'Nats-Msg-Id': id,
      'ce-specversion': '1.0',
      'ce-id': id,
      'ce-type': event,
      'ce-source': `/${service}`,
      'ce-time': '2026-03-02T11:30:14.208Z',
      'ce-dataschema': dataSchemaOf(event, 1),
      'ce-causationid': idOf(`cause of ${event}`),
      traceparent: `00-${hash.slice(0, 32)}-${hash.slice(32, 48)}-01`,
    },
    data: { orderId },
  })
}

/** The same message as another event, of the next version. */
export function nextSample(event: string, version: number, before: string): string {
  const { subject, headers, data }: Sample = JSON.parse(before)
  const next = { ...headers, ...idsOf(event, version), 'ce-dataschema': dataSchemaOf(event, version) }
  return textOf({ subject, headers: next, data })
}

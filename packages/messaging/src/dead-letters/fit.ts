import { type MsgHdrs, headers as newHeaders } from 'nats'

/** A message as it is published. */
interface Outgoing {
  readonly subject: string
  readonly headers: MsgHdrs
  readonly data: Uint8Array
}

/** The server closes a connection that sends a longer line: 4096 bytes, with the reply subject and two sizes. */
const maxSubject = 3500

/** A stream stores no more. */
const maxHeaders = 65_535

/** What a cut dead letter keeps of its message's headers: enough to list it, and to find its message. */
const kept =
  /^(nats-msg-id|dead-letter-.*|traceparent|ce-(id|type|source|time|dataschema|causationid|keyid|signature))$/i
const keptLength = 200

/**
 * A dead letter is larger than its message: it has the error, too. If it is larger than the server takes, the body is
 * left out, and if need be the other headers and the end of the subject. `dead-letter-cut` says what is missing; the
 * message is still at `dead-letter-sequence` of `dead-letter-stream`.
 * (fit.int.test: "is stored without its body when it would be larger than the server takes")
 */
export function fit({ subject, headers, data }: Outgoing, maxPayload: number): Outgoing {
  if (Buffer.byteLength(subject) > maxSubject)
    return fit(
      { subject: `${subject.slice(0, 500)}~`, headers: marked(headers, 'subject'), data },
      maxPayload,
    )
  const fits = (headers: MsgHdrs, data: Uint8Array) =>
    sizeOf(headers) <= maxHeaders && sizeOf(headers) + data.length <= maxPayload
  if (fits(headers, data)) return { subject, headers, data }
  const nothing = new Uint8Array()
  const withoutBody = marked(headers, 'body')
  if (fits(withoutBody, nothing)) return { subject, headers: withoutBody, data: nothing }
  const few = newHeaders()
  for (const name of headers.keys().filter((name) => kept.test(name)))
    few.set(name, headers.get(name).slice(0, keptLength))
  const withFew = marked(few, 'headers')
  if (fits(withFew, data)) return { subject, headers: withFew, data }
  return { subject, headers: marked(few, 'headers and body'), data: nothing }
}

function marked(headers: MsgHdrs, missing: string): MsgHdrs {
  const copy = newHeaders()
  for (const [name, values] of headers) for (const value of values) copy.append(name, value)
  copy.set('dead-letter-cut', [copy.get('dead-letter-cut'), missing].filter(Boolean).join(', '))
  return copy
}

/** The first line, and a name, a colon, a space, a value and a line's end for each value. */
function sizeOf(headers: MsgHdrs): number {
  let size = 'NATS/1.0\r\n\r\n'.length
  for (const [name, values] of headers)
    for (const value of values) size += Buffer.byteLength(name) + Buffer.byteLength(value) + 4
  return size
}

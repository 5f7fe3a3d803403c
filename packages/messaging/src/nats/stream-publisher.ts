import { createInbox, ErrorCode, type Msg, type MsgHdrs, type NatsConnection, NatsError } from 'nats'

/** Where the server stored a message; a duplicate was stored before. */
export interface PublishAck {
  readonly stream: string
  readonly seq: number
  readonly duplicate: boolean
}

interface Waiting {
  readonly deadline: number
  readonly resolve: (ack: PublishAck) => void
  readonly reject: (error: unknown) => void
}

const decoder = new TextDecoder()

/**
 * Publishes messages to streams, and resolves when the server has stored them. The client's own `publish` makes each
 * message a request, with a timer, and an error in case it is cancelled: more work than all the rest.
 * @param name whose inboxes the server answers to
 */
export function openStreamPublisher(connection: NatsConnection, name: string, timeoutMs: number) {
  const inbox = createInbox(`_INBOX_${name}`)
  /** By the last token of the reply subject; the oldest first. */
  const waiting = new Map<string, Waiting>()
  let last = 0
  let timer: NodeJS.Timeout | undefined

  function answered(answer: Msg): void {
    const token = answer.subject.slice(inbox.length + 1)
    const found = waiting.get(token)
    waiting.delete(token)
    try {
      found?.resolve(ackIn(answer))
    } catch (failure) {
      found?.reject(failure)
    }
  }

  function rejectUntil(time: number, error: Error): void {
    for (const [token, { deadline, reject }] of waiting) {
      if (deadline > time) break
      waiting.delete(token)
      reject(error)
    }
  }

  /** One timer for all: the oldest one's. */
  function watchDeadlines(): void {
    const [oldest] = waiting.values()
    if (timer || !oldest) return
    timer = setTimeout(() => {
      timer = undefined
      rejectUntil(performance.now(), timedOut())
      watchDeadlines()
    }, oldest.deadline - performance.now())
  }

  connection.subscribe(`${inbox}.*`, {
    callback: (error, answer) => (error ? rejectUntil(Number.POSITIVE_INFINITY, error) : answered(answer)),
  })
  void connection.closed().then(() => rejectUntil(Number.POSITIVE_INFINITY, timedOut()))

  return (subject: string, data: Uint8Array, headers: MsgHdrs): Promise<PublishAck> =>
    new Promise((resolve, reject) => {
      last += 1
      const token = last.toString(36)
      connection.publish(subject, data, { reply: `${inbox}.${token}`, headers })
      waiting.set(token, { resolve, reject, deadline: performance.now() + timeoutMs })
      watchDeadlines()
    })
}

const timedOut = () => new NatsError('the server has not answered in time', ErrorCode.Timeout)

/** @throws NatsError when nothing was stored */
function ackIn({ headers, data }: Msg): PublishAck {
  if (headers?.code === 503) throw new NatsError('no stream takes this subject', ErrorCode.NoResponders)
  const { error, stream, seq, duplicate = false } = JSON.parse(decoder.decode(data))
  if (!error && stream && seq) return { stream, seq, duplicate }
  const refused = new NatsError(
    error?.description ?? 'the answer is no acknowledgement',
    `${error?.code ?? ErrorCode.JetStreamInvalidAck}`,
  )
  throw Object.assign(refused, { api_error: error })
}

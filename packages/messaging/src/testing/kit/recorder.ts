import type { NatsConnection } from 'nats'

/** A published event, as it stands in its message. */
export interface RecordedEvent {
  readonly id: string
  readonly name: string
  readonly subject: string
  readonly data: unknown
  /** The id of the event or request that caused it. */
  readonly causationId: string
}

/**
 * Records all that is published on the subjects from now on, in its sequence: also what a stream does not store,
 * because it recognises a duplicate. Wait for it with `eventually`.
 */
export async function recordPublished(connection: NatsConnection, ...subjects: readonly string[]) {
  const events: RecordedEvent[] = []
  const decoder = new TextDecoder()
  const subscriptions = subjects.map((subject) =>
    connection.subscribe(subject, {
      callback(error, { subject, headers, data }) {
        if (error) throw error
        const header = (name: string) => headers?.get(name) ?? ''
        events.push({
          id: header('ce-id'),
          name: header('ce-type'),
          subject,
          data: JSON.parse(decoder.decode(data)),
          causationId: header('ce-causationid'),
        })
      },
    }),
  )
  // Else the first events could be published before the server knows of the subscriptions.
  await connection.flush()
  return {
    events: events as readonly RecordedEvent[],
    /** The names of the events, in their sequence. */
    names: (): string[] => events.map(({ name }) => name),
    async [Symbol.asyncDispose]() {
      for (const subscription of subscriptions) subscription.unsubscribe()
      if (!connection.isClosed()) await connection.flush()
    },
  }
}

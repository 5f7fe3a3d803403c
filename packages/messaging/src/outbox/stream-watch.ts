import type { Log } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import { ensureStream, type StreamSpec } from '../nats/streams.ts'
import type { Database } from '../postgres/database.ts'

export interface OutboxOptions {
  readonly db: Database
  readonly broker: Broker
  /** The stream that this service publishes all its events on. */
  readonly stream: StreamSpec
  readonly replicas: number
  readonly log: Log
  /** The process that committed a row has this time to publish it. Then any sweeper may. */
  readonly leaseMs?: number
  /** How often a sweep checks that the stream exists and is still the same one. */
  readonly checkEveryMs?: number
  /** How often the outbox is compared with the stream, and the service's state with the streams that it consumes. */
  readonly compareEveryMs?: number
}

export type StreamWatch = Awaited<ReturnType<typeof watchStream>>

/**
 * Creates the service's stream, and again whenever it is gone. Knows which stream it is by its creation time.
 * @param onRecreated runs when the stream is another one than before
 */
export async function watchStream(options: OutboxOptions, onRecreated: () => void) {
  const { broker, stream, replicas, log, checkEveryMs = 60_000 } = options
  const ensure = () => ensureStream(broker.jsm, stream, replicas)
  let created = Promise.resolve(await ensure())
  let dueAt = performance.now() + checkEveryMs
  let isFailing = false

  async function check(): Promise<void> {
    dueAt = performance.now() + checkEveryMs
    const before = created
    created = ensure().then(
      (at) => {
        isFailing = false
        return at
      },
      (error) => {
        log[isFailing ? 'debug' : 'warn']({ stream: stream.name, error }, 'stream neither found nor created')
        isFailing = true
        return before
      },
    )
    if ((await created) !== (await before)) onRecreated()
  }

  return {
    check,
    checkIfDue: async () => performance.now() >= dueAt && (await check()),
    /** The creation time, from the check that is running if there is one. */
    created: () => created,
  }
}

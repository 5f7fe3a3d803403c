import { type Consumed, type Published, type Publisher, streamOf } from '@saucery/contracts/choreography'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { openParticipant } from '@saucery/messaging/participant'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { migrate } from '@saucery/messaging/postgres/migrate'
import type { Aggregate } from '@saucery/messaging/unit-of-work'
import { testPostgres } from '@saucery/servers/testing/servers'
import { allowEveryone } from './caller-tokens.ts'
import { silentLog } from './log.ts'
import { testBrokerWithStreams } from './streams.ts'

/** A service as `boot` makes it, but without settings and HTTP: on a database and a broker of its own. */
export async function testService<State, S extends Publisher>(
  service: S,
  migrations: URL,
  aggregate: Aggregate<State, Published<S> | Consumed<S>>,
) {
  const postgres = await testPostgres()
  const nats = await testBrokerWithStreams()
  const closing: (() => Promise<unknown>)[] = []
  await migrate(postgres.url, migrations)

  /** One process of the service: with connections of its own, on the same servers. */
  async function replica() {
    const { db, isUp, close } = openDatabase(postgres.url, service)
    const broker = await connectBroker({ url: nats.url, name: service, log: silentLog })
    const participant = await openParticipant<State, Published<S>, Consumed<S>>({
      db,
      broker,
      stream: streamOf(service),
      replicas: 1,
      aggregate,
      retentionMs: 60_000,
      log: silentLog,
    })
    const stop = async () => {
      await participant.stop()
      await broker.close()
      await close()
    }
    // Replicas race only when none has to connect first.
    await Promise.all([isUp(), isUp()])
    closing.push(stop)
    const commit = participant.commit
    return { db, broker, participant, commit, requireCaller: allowEveryone, log: silentLog }
  }

  const first = await replica()
  return {
    ...first,
    nats,
    replica,
    /** The names of all that was said of an order, sorted: ids of one millisecond are in no order. */
    async publishedOf(orderId: string): Promise<string[]> {
      const rows = await first.db.execute<{ name: string; subject: string }>(
        'select name, subject from outbox',
      )
      return rows.flatMap(({ subject, name }) => (subject.endsWith(`.${orderId}`) ? [name] : [])).sort()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(closing.map((stop) => stop()))
      await nats[Symbol.asyncDispose]()
      await postgres[Symbol.asyncDispose]()
    },
  }
}

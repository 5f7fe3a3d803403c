import { type Consumed, type Published, type Publisher, streamOf } from '@saucery/contracts/choreography'
import type { Fact } from '@saucery/messaging/events/event'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { openParticipant } from '@saucery/messaging/participant'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { migrate } from '@saucery/messaging/postgres/migrate'
import { testKeys } from '@saucery/messaging/testing/keys'
import type { Aggregate } from '@saucery/messaging/unit-of-work'
import { testPostgres } from '@saucery/servers/testing/servers'
import { allowEveryone } from './caller-tokens.ts'
import { silentLog } from './log.ts'
import { testBrokerWithStreams } from './streams.ts'

type Intervals = { readonly pruneEveryMs?: number; readonly compareEveryMs?: number }

/** A service as `boot` makes it, without settings and HTTP, on a database and a NATS server of its own. */
export async function testService<State, S extends Publisher, Own extends Fact = never>(
  service: S,
  migrations: URL,
  aggregate: Aggregate<State, Published<S> | Consumed<S> | Own>,
) {
  const postgres = await testPostgres()
  const nats = await testBrokerWithStreams()
  const closing: (() => Promise<unknown>)[] = []
  await migrate(postgres.url, migrations)

  /** Another process of the service: on the same servers, with its own connections. */
  async function replica(intervals: Intervals = {}) {
    const { db, isUp, close } = openDatabase(postgres.url, service)
    const broker = await connectBroker({ url: nats.url, name: service, keys: testKeys, log: silentLog })
    const participant = await openParticipant<State, Published<S>, Consumed<S>, Own>({
      db,
      broker,
      stream: streamOf(service),
      replicas: 1,
      aggregate,
      retentionMs: 60_000,
      requestRetentionMs: 60_000,
      log: silentLog,
      ...intervals,
    })
    const stop = async () => {
      await participant.stop()
      await broker.close()
      await close()
    }
    // Two open connections: a race between replicas must not wait for one to connect.
    await Promise.all([isUp(), isUp()])
    closing.push(stop)
    const commit = participant.commit
    return { db, broker, participant, commit, requireCaller: allowEveryone, log: silentLog }
  }

  const first = await replica()
  return {
    ...first,
    nats,
    postgresUrl: postgres.url,
    replica,
    /** The names of the order's published events, sorted by name: ids of one millisecond have no order. */
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

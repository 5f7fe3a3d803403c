import { sql } from 'drizzle-orm'
import { readDeadLetters } from '../dead-letters/reader.ts'
import { Unprocessable } from '../events/cloud-events.ts'
import type { EventType } from '../events/event.ts'
import { keyOf } from '../events/event.ts'
import type { Log } from '../log.ts'
import type { Broker } from '../nats/connection.ts'
import { openParticipant } from '../participant.ts'
import type { Database } from '../postgres/database.ts'
import {
  type Counter,
  cause,
  counterAggregate,
  countersStream,
  counts,
  type Raised,
  raised,
} from './counters.ts'
import { eventually } from './eventually.ts'
import { quietLog } from './log.ts'
import { type Loss, natsWithPowerFailures } from './power-failure.ts'
import { testBroker, testDatabase } from './servers.ts'

/** What goes back, in the words of the table. */
export const losses = {
  everything: 'everything',
  stream: [{ messagesOf: 'COUNTERS' }],
  consumer: [{ consumersOf: 'COUNTERS' }],
  'stream more than consumer': [{ messagesOf: 'COUNTERS' }, { consumersOf: 'COUNTERS', snapshot: 'second' }],
  'consumer more than stream': [{ messagesOf: 'COUNTERS', snapshot: 'second' }, { consumersOf: 'COUNTERS' }],
  'dead letters': [{ messagesOf: 'DEAD_LETTERS' }],
} as const satisfies Record<string, Loss>

export interface LossCase {
  readonly version?: string | undefined
  readonly servers: 1 | 3
  readonly lost: keyof typeof losses
  readonly isUnderLoad: boolean
  /** The clients keep their connections: only in a cluster. */
  readonly isUnseen?: boolean
}

/** What became of the events: all zeros but `events` and `poison` if nothing is lost. */
export interface LossOutcome {
  readonly events: number
  readonly poison: number
  /** Events that the stream does not have. */
  readonly unpublished: number
  /** Events that had no effect. */
  readonly unhandled: number
  readonly handledTwice: number
  /** Poison without a dead letter. */
  readonly withoutDeadLetter: number
  /** Milliseconds from the loss until all was as it should be. */
  readonly tookMs: number
}

const raisedType: EventType<Raised> = {
  event: 'Raised',
  subject: 'counters.raised',
  version: 1,
  read: (_version, data) => data as Raised['data'],
}

/** A service that publishes and one that consumes, on a broker that loses a part of what it had. */
export async function loseAPart(
  { version, servers, lost, isUnderLoad, isUnseen = false }: LossCase,
  { withinMs = 60_000, log = quietLog } = {},
): Promise<LossOutcome> {
  await using nats = await natsWithPowerFailures({ size: servers, version })
  await using publishing = await testDatabase()
  await using consuming = await testDatabase()
  await using publisher = await participant(publishing.db, nats.url, 'counter', servers, log)
  await using consumer = await participant(consuming.db, nats.url, 'listener', servers, log)
  consumer.consume([{ stream: 'COUNTERS', publisher: 'counter', events: [raisedType] }], async (event) => {
    if (event.data.by === 0) throw new Unprocessable('poison')
    const key = keyOf(event.subject)
    const echo = { ...raised(key), subject: `echoes.raised.${key}` }
    await consumer.commit({ key, cause: event, handles: event, decide: () => [echo] })
  })

  let [events, poison] = [0, 0]
  const commit = (by: number) => {
    const key = `k${events++}`
    if (by === 0) poison += 1
    return publisher.commit({ key, cause: cause(), decide: () => [raised(key, by)] })
  }
  const commitMany = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => commit(i % 10 === 0 ? 0 : 1)))
  const outcome = () => outcomeOf(publishing.db, consuming.db, consumer.broker)
  const allIsWell = async (ms = withinMs) =>
    eventually(async () => {
      const found = await outcome()
      if (Object.values(found).some((count) => count > 0)) throw new Error(JSON.stringify(found))
    }, ms)

  const allConnected = async () => {
    await connected(publisher.broker)
    await connected(consumer.broker)
  }

  await commitMany(30)
  await allIsWell()
  await nats.takeSnapshot()
  await eventually(allConnected)
  await commitMany(40)
  await allIsWell()
  await nats.takeSnapshot('second')
  await eventually(allConnected)
  await commitMany(50)
  await allIsWell()

  await using _load = isUnderLoad ? startLoad(() => commit(1)) : undefined
  if (isUnseen)
    await nats.losePowerUnseenBy(publisher.broker.connection.getServer(), losses[lost], (url) =>
      untilWritable(url),
    )
  // What is committed while the broker is down takes the first of the lost sequences.
  else await nats.losePower(losses[lost], () => commitMany(20))
  const lostAt = performance.now()
  // Fewer than were lost, so that only a part of the lost sequences is used again.
  await eventually(allConnected)
  await commitMany(20)
  await _load?.stop()
  await allIsWell().catch(() => {})
  return { events, poison, ...(await outcome()), tookMs: Math.round(performance.now() - lostAt) }
}

async function connected({ isConnected, connection }: Broker): Promise<void> {
  if (!isConnected()) throw new Error('not connected')
  await connection.flush()
}

/** Waits until the streams of these servers have a leader. */
async function untilWritable(url: string): Promise<void> {
  await using broker = await testBroker(url, { name: 'observer' })
  const isLed = async () => {
    for (const stream of ['COUNTERS', 'DEAD_LETTERS']) await broker.jsm.streams.info(stream)
    await broker.jsm.consumers.info('COUNTERS', 'listener')
  }
  await eventually(isLed, 60_000, 200)
}

async function participant(
  db: Database,
  url: string,
  name: 'counter' | 'listener',
  replicas: number,
  log: Log,
) {
  const broker = await testBroker(url, { name })
  const stream = name === 'counter' ? countersStream : { name: 'ECHOES', subjects: ['echoes.>'] }
  const open = () =>
    openParticipant<Counter, Raised, Raised>({
      db,
      broker,
      stream,
      replicas,
      aggregate: counterAggregate,
      retentionMs: 24 * 3_600_000,
      log,
      leaseMs: 1000,
      compareEveryMs: 2000,
    })
  // A cluster whose servers have just started has no leader yet.
  const opened = await eventually(open, 60_000)
  return {
    ...opened,
    broker,
    async [Symbol.asyncDispose]() {
      await opened.stop()
      await broker[Symbol.asyncDispose]()
    },
  }
}

/** Commits an event each few ms, until it is stopped. */
function startLoad(commit: () => Promise<unknown>) {
  const pending = new Set<Promise<unknown>>()
  const timer = setInterval(() => {
    const committed = commit()
    pending.add(committed)
  }, 10)
  const stop = async () => {
    clearInterval(timer)
    await Promise.all(pending)
  }
  return { stop, [Symbol.asyncDispose]: stop }
}

async function outcomeOf(publishing: Database, consuming: Database, broker: Broker) {
  const rows = await publishing.execute<{ id: string; key: string; by: number }>(
    sql`select id::text, split_part(subject, '.', 3) as key, (data->>'by')::int as by from outbox`,
  )
  const handled = await counts(consuming)
  const wanted = rows.filter(({ by }) => by > 0)
  const poison = rows.filter(({ by }) => by === 0)
  const stored = await idsIn(broker)
  const { deadLetters } = await readDeadLetters(broker, { limit: 4000 })
  const buried = new Set(deadLetters.map(({ eventId }) => eventId))
  return {
    unpublished: rows.filter(({ id }) => !stored.has(id)).length,
    unhandled: wanted.filter(({ key }) => !handled[key]).length,
    handledTwice: wanted.filter(({ key }) => (handled[key] ?? 0) > 1).length,
    withoutDeadLetter: poison.filter(({ id }) => !buried.has(id)).length,
  }
}

/** The ids of the events that the stream has. */
async function idsIn({ jsm }: Broker): Promise<Set<string>> {
  const { state } = await jsm.streams.info('COUNTERS')
  const seqs = Array.from({ length: state.messages }, (_, i) => state.first_seq + i)
  const messages = await Promise.all(seqs.map((seq) => jsm.streams.getMessage('COUNTERS', { seq })))
  return new Set(messages.map(({ header }) => header.get('ce-id')))
}

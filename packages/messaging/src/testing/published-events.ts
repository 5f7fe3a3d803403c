import assert from 'node:assert/strict'
import { isNotNull } from 'drizzle-orm'
import { outbox } from '../postgres/schema.ts'
import { cause, raised } from './counters.ts'
import { eventually } from './eventually.ts'
import { messagesOf } from './messages.ts'
import type { natsWithPowerFailures } from './power-failure.ts'
import type { testReplica } from './replica.ts'

type Replica = Awaited<ReturnType<typeof testReplica>>
type Nats = Awaited<ReturnType<typeof natsWithPowerFailures>>

/** Commits a number of events of different keys at once. */
export async function commitEvents({ commit }: Replica, key: string, events: number): Promise<string[]> {
  const committed = await Promise.all(
    Array.from({ length: events }, (_, i) =>
      commit({ key: `${key}${i}`, cause: cause(), decide: () => [raised(`${key}${i}`)] }),
    ),
  )
  return committed.flatMap((change) => change.events.map(({ id }) => id))
}

export const publishedIn = ({ db }: Replica) => db.select().from(outbox).where(isNotNull(outbox.publishedAt))

export const allPublished = (replica: Replica, events: number) =>
  eventually(async () => assert.equal((await publishedIn(replica)).length, events))

export const sorted = (ids: Iterable<string>) => [...ids].sort((a, b) => a.localeCompare(b))

/** Waits for the reconnect: an event that is published earlier waits five seconds for its acknowledgement. */
export const backAt = async (replica: Replica) => {
  await eventually(() => assert.equal(replica.broker.isConnected(), true))
  await replica.broker.connection.flush()
}

/** Publishes events that survive the next power failure. */
export async function commitBeforeSnapshot(replica: Replica, nats: Nats, events: number): Promise<string[]> {
  const committed = await commitEvents(replica, 'kept', events)
  await allPublished(replica, events)
  await nats.takeSnapshot()
  await backAt(replica)
  return committed
}

export const idsIn = async ({ broker }: Replica) =>
  sorted((await messagesOf(broker, 'COUNTERS')).map((message) => message.header('ce-id')))

/** Sweeps until the stream has each of these events once, at the sequence in the outbox. */
export async function hasAllOnce(replica: Replica, committed: readonly string[]): Promise<void> {
  await eventually(async () => {
    await replica.outbox.sweep()
    assert.deepEqual(await idsIn(replica), sorted(committed))
    const at = new Map(
      (await messagesOf(replica.broker, 'COUNTERS')).map((m) => [m.header('ce-id'), m.sequence]),
    )
    const rows = await publishedIn(replica)
    assert.deepEqual(
      rows.filter((row) => row.streamSequence !== at.get(row.id)),
      [],
    )
    assert.equal(rows.length, committed.length)
  })
}

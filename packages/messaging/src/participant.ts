import { runEvery } from './async/periodic.ts'
import { type Consumers, openConsumers, type Subscription } from './consumer/consumer.ts'
import type { ConsumerLag } from './consumer/lag.ts'
import type { DeadLetter } from './dead-letters/reader.ts'
import type { Fact, ReceivedEvent } from './events/event.ts'
import { pruneRequests } from './idempotency/requests.ts'
import { handledAmong, pruneInbox, recordReprocessed } from './inbox/inbox.ts'
import type { Log } from './log.ts'
import type { Broker } from './nats/connection.ts'
import type { StreamSpec } from './nats/streams.ts'
import { type Backlog, backlogOf } from './outbox/backlog.ts'
import { openOutbox } from './outbox/outbox.ts'
import { pruneOutbox } from './outbox/outbox-table.ts'
import { type Database, isDatabaseOutage } from './postgres/database.ts'
import { type Aggregate, type Commit, unitOfWork } from './unit-of-work.ts'

export interface ParticipantOptions<State, F extends Fact> {
  readonly db: Database
  readonly broker: Broker
  /** What it says goes here. */
  readonly stream: StreamSpec
  readonly replicas: number
  readonly aggregate: Aggregate<State, F>
  /** How long published outbox rows and handled event ids are kept. */
  readonly retentionMs: number
  /** How long answers to requests are kept; unset where the service has no table of them. */
  readonly requestRetentionMs?: number | undefined
  readonly log: Log
  readonly sweepEveryMs?: number
}

/** A service with a state of its own that says and hears events. */
export interface Participant<State, Said extends Fact, Heard extends Fact> {
  readonly commit: Commit<State, Said, Said | Heard>
  /** Starts to react. */
  consume(
    subscriptions: readonly Subscription<Heard>[],
    handle: (event: ReceivedEvent<Heard>) => Promise<unknown>,
  ): void
  isReady(): boolean
  lag(): Promise<ConsumerLag[]>
  backlog(): Promise<Backlog>
  /** The ids of the events that these letters are about and that were handled since. */
  handledAmong(letters: readonly DeadLetter[]): Promise<ReadonlySet<string>>
  /** As `Consumers.reprocess`. */
  reprocess(letter: DeadLetter): Promise<void>
  /** Compares the outbox with the stream, and publishes again what that has lost; as at start and reconnects. */
  reconcile(): void
  /** Takes nothing new, finishes what is in hand, publishes what was committed. */
  stop(): Promise<void>
}

/** Opens the outbox with its sweeper, and the unit of work on it. */
export async function openParticipant<State, Said extends Fact, Heard extends Fact>(
  options: ParticipantOptions<State, Said | Heard>,
): Promise<Participant<State, Said, Heard>> {
  const { db, broker, replicas, log, retentionMs, requestRetentionMs, sweepEveryMs = 1000 } = options
  const outbox = await openOutbox(options)
  const commit = unitOfWork<State, Said, Said | Heard>(db, outbox, options.aggregate)
  const sweeper = runEvery('sweep', sweepEveryMs, outbox.sweep, log)
  broker.onReconnect(sweeper.now)
  const prune = async (stopping: AbortSignal) => {
    await pruneOutbox(db, retentionMs, stopping)
    await pruneInbox(db, retentionMs, stopping)
    if (requestRetentionMs !== undefined) await pruneRequests(db, requestRetentionMs, stopping)
  }
  const pruner = runEvery('prune', 60 * 60_000, prune, log)
  let consumers: Consumers | undefined

  return {
    commit,
    consume(subscriptions, handle) {
      consumers = openConsumers({ broker, subscriptions, handle, isOutage: isDatabaseOutage, replicas, log })
    },
    isReady: () => consumers?.isReady() ?? false,
    lag: async () => (await consumers?.lag()) ?? [],
    backlog: () => backlogOf(db),
    handledAmong: (letters) =>
      handledAmong(
        db,
        letters.map(({ eventId }) => eventId),
      ),
    async reprocess(letter) {
      if (!consumers) throw new Error('not listening yet')
      await consumers.reprocess(letter)
      await recordReprocessed(db, letter.eventId)
    },
    reconcile() {
      outbox.scheduleReconcile()
      sweeper.now()
    },
    async stop() {
      await consumers?.stop()
      await Promise.all([sweeper.stop(), pruner.stop()])
      await outbox.idle()
    },
  }
}

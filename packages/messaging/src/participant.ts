import { runEvery } from './async/periodic.ts'
import {
  type ConsumerObserver,
  type Consumers,
  type HandledState,
  openConsumers,
  type Subscription,
} from './consumer/consumer.ts'
import { failingOf } from './consumer/failing-messages.ts'
import { postgresFailing, pruneFailing } from './consumer/failing-table.ts'
import { postgresCatalog } from './dead-letters/postgres-catalog.ts'
import { postgresDeadLetters, pruneDeadLetters } from './dead-letters/postgres-store.ts'
import type { DeadLetter } from './dead-letters/reader.ts'
import type { Fact, ReceivedEvent } from './events/event.ts'
import { pruneRequests } from './idempotency/requests.ts'
import { handledAmong, handlingOf, isWritable, pruneInbox, recordReprocessed } from './inbox/inbox.ts'
import { postgresOperatorStore, pruneOperatorStore } from './operator/postgres-operator-store.ts'
import { backlogOf } from './outbox/backlog.ts'
import { type OutboxOptions, openOutbox } from './outbox/outbox.ts'
import { pruneOutbox } from './outbox/outbox-table.ts'
import { isDatabaseOutage, requireOwnPool } from './postgres/database.ts'
import { type Aggregate, unitOfWork } from './unit-of-work.ts'

export interface ParticipantOptions<State, F extends Fact> extends OutboxOptions {
  readonly aggregate: Aggregate<State, F>
  /** How long published outbox rows and the ids of handled events are kept. */
  readonly retentionMs: number
  /** How long answers to requests are kept. Unset if the service has no table for them. */
  readonly requestRetentionMs?: number | undefined
  readonly sweepEveryMs?: number
  readonly pruneEveryMs?: number
  readonly observer?: ConsumerObserver | undefined
}

/** A service with a state of its own that publishes and consumes events. */
export type Participant<State, Published extends Fact, Consumed extends Fact> = Awaited<
  ReturnType<typeof openParticipant<State, Published, Consumed>>
>

/**
 * `Own` are facts that change the state and leave the service never, such as a deadline that has passed.
 * @throws if `db` is not of `openDatabase`
 */
export async function openParticipant<
  State,
  Published extends Fact,
  Consumed extends Fact,
  Own extends Fact = never,
>(options: ParticipantOptions<State, Published | Consumed | Own>) {
  const { db, broker, replicas, log, retentionMs, requestRetentionMs } = options
  const { compareEveryMs, sweepEveryMs = 1000, pruneEveryMs = 60 * 60_000 } = options
  requireOwnPool(db)
  const outbox = await openOutbox(options)
  const sweeper = runEvery('sweep', sweepEveryMs, outbox.sweep, log)
  broker.onReconnect(sweeper.now)
  const prune = async (stopping: AbortSignal) => {
    await pruneOutbox(db, retentionMs, stopping)
    await pruneInbox(db, retentionMs, stopping)
    await pruneDeadLetters(db, retentionMs, stopping)
    await pruneFailing(db, stopping)
    await pruneOperatorStore(db, stopping)
    if (requestRetentionMs !== undefined) await pruneRequests(db, requestRetentionMs, stopping)
  }
  const pruner = runEvery('prune', pruneEveryMs, prune, log)
  const state: HandledState = {
    handledAmong: (events) => handledAmong(db, events),
    deadLetters: postgresDeadLetters(db),
    failing: postgresFailing(db),
  }
  let consumers: Consumers | undefined

  return {
    commit: unitOfWork<State, Published, Published | Consumed | Own>(db, outbox, options.aggregate),
    /** Starts to consume events. */
    consume(
      subscriptions: readonly Subscription<Consumed>[],
      handle: (event: ReceivedEvent<Consumed>) => Promise<unknown>,
    ): void {
      consumers = openConsumers({
        broker,
        subscriptions,
        handle,
        state,
        isOutage: isDatabaseOutage,
        isUp: () => isWritable(db),
        replicas,
        log,
        ...(options.observer && { observer: options.observer }),
        ...(compareEveryMs !== undefined && { compareEveryMs }),
      })
    },
    isReady: () => consumers?.isReady() ?? false,
    lag: async () => (await consumers?.lag()) ?? [],
    /** As `Consumers.comparedUntil`. */
    comparedUntil: (stream: string) => consumers?.comparedUntil(stream) ?? Number.NEGATIVE_INFINITY,
    backlog: () => backlogOf(db),
    publishing: outbox.publishing,
    /** The ids of the events that were handled since, of these dead letters. */
    handledAmong: (deadLetters: readonly Pick<DeadLetter, 'eventId'>[]) => handledAmong(db, deadLetters),
    /** The messages of a key that failed and are tried again, by any replica. */
    failingOf: (key: string) => failingOf(state, key),
    catalog: postgresCatalog(db),
    operators: postgresOperatorStore(db),
    /** When the event was handled; undefined if it was not. */
    handlingOf: (eventId: string) => handlingOf(db, eventId),
    /** As `Consumers.reprocess`. */
    async reprocess(deadLetter: DeadLetter): Promise<void> {
      if (!consumers) throw new Error('the consumers have not started yet')
      await consumers.reprocess(deadLetter)
      await recordReprocessed(db, deadLetter.eventId)
    },
    /** Compares the state with the streams now, as at the start and after a reconnect. */
    reconcile(): void {
      consumers?.reconcile()
      outbox.scheduleReconcile()
      sweeper.now()
    },
    /** Takes no further messages, finishes those in flight, and publishes what was committed. */
    async stop(): Promise<void> {
      await consumers?.stop()
      await Promise.all([sweeper.stop(), pruner.stop()])
      await outbox.idle()
    },
  }
}

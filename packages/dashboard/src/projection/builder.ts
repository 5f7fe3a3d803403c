import { setTimeout as delay } from 'node:timers/promises'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import { runEvery } from '@saucery/messaging/async/periodic'
import { type Consumers, removalDelayMs } from '@saucery/messaging/consumer/consumer'
import type { Log } from '@saucery/messaging/log'
import type { Broker } from '@saucery/messaging/nats/connection'
import { consumerInfo, removeConsumer } from '@saucery/messaging/nats/streams'
import { outlived, type ProjectionRecord, servedBy } from '../store/projection-registry.ts'
import type { ViewStore } from '../store/view-store.ts'
import { openRate } from './rate.ts'

export interface ProjectionOptions {
  readonly views: ViewStore
  readonly broker: Broker
  /** Starts to fill the documents from the consumers of this name. */
  listen(durable: string): Consumers
  /** How long older versions' documents are kept once these are ready. */
  readonly keepMs: number
  readonly log: Log
  readonly everyMs?: number
}

interface Progress {
  readonly version: number
  readonly state: 'building' | 'ready'
  /** The version of the documents that are read. */
  readonly serving: number
  readonly handled: number
  readonly remaining: number
  /** Events handled per second of late, while it builds. */
  readonly perSecond?: number
}

export interface RunningProjection extends Pick<Consumers, 'isReady' | 'lag' | 'reprocess'> {
  progress(): Progress
  stop(): Promise<void>
}

/** How far a consumer has come; what has been given out twice counts twice. */
interface Position {
  readonly handled: number
  readonly remaining: number
  /** Whether next to nothing is left to be given out, and all is handled that was in hand when nothing was. */
  readonly caughtUp: boolean
}

const reportEveryMs = 5000

// Under load some have always just come; far fewer than can be in hand.
const fewPending = 100

/**
 * Fills the documents of the store's version, and tells the store which version's to read.
 *
 * A version that nobody has begun is built from the first event on, beside the others; it is read once it has caught
 * up. All of it is kept in the database and the consumers, so that any replica goes on where another stopped.
 *
 * Resolves when it is known which version to read, so that nobody is answered from half-built documents; rejects when
 * the database is away.
 */
export async function openProjection(options: ProjectionOptions): Promise<RunningProjection> {
  const { views, broker, keepMs, log, everyMs = 1000 } = options
  const { version, projections } = views
  const useEveryMs = 10 * everyMs
  const unusedMs = Math.max(keepMs, 5 * useEveryMs)
  const streams = subscriptionsOf('dashboard').map(({ stream }) => stream)
  const rate = openRate()
  const targets = new Map<string, number>()
  const stopping = new AbortController()
  let consumers: Consumers | undefined
  let ready = false
  let counts = { handled: 0, remaining: 0 }
  let reportAt = Date.now() + reportEveryMs
  let useAt = 0

  async function look(): Promise<void> {
    let all = await projections.all()
    const own = all.find(({ _id }) => _id === version)
    if (!own || own.state === 'dropping') {
      ready = false
      await begin()
      all = await projections.all()
    }
    await use()
    // What a build before this one had to reach says nothing of this one, whoever has begun it.
    if (own?.state !== 'building') targets.clear()
    consumers ??= options.listen(durableOf(version))
    if ((await isCaughtUp()) && own?.state === 'building') {
      if (await projections.ready(version)) log.info({ version, ...counts }, 'projection ready')
      all = await projections.all()
    }
    ready = all.some(({ _id, state }) => _id === version && state === 'ready')
    serve(servedBy(version, all))
    report()
    for (const old of outlived(version, all, unusedMs, Date.now())) await drop(old)
  }

  async function use(): Promise<void> {
    if (Date.now() < useAt) return
    await projections.use(version)
    useAt = Date.now() + useEveryMs
  }

  // Consumers without this mark have passed events that these documents never saw: the database was lost, say.
  // Replicas that begin at once remove each other's consumers, which are made again, from the first event.
  // (builder.int.test: "is begun by three replicas at once, and misses nothing")
  async function begin(): Promise<void> {
    log.info({ version }, 'projection begun')
    await removeConsumers(version)
    await views.prepare()
    await delay(removalDelayMs, undefined, { signal: stopping.signal })
    await projections.begin(version)
  }

  async function drop(old: ProjectionRecord): Promise<void> {
    const dropped = await projections.drop(old, () => removeConsumers(old._id))
    if (dropped) log.info({ version: old._id }, 'projection dropped')
  }

  const removeConsumers = (of: number) =>
    Promise.all(streams.map((stream) => removeConsumer(broker.jsm, stream, durableOf(of))))

  /** False while the broker cannot be asked; what was counted last stays. */
  async function isCaughtUp(): Promise<boolean> {
    const positions = await Promise.all(streams.map(positionIn)).catch(() => undefined)
    if (!positions) return false
    counts = { handled: sum(positions, 'handled'), remaining: sum(positions, 'remaining') }
    rate.saw(counts.handled)
    return positions.every(({ caughtUp }) => caughtUp)
  }

  async function positionIn(stream: string): Promise<Position> {
    const info = await consumerInfo(broker.jsm, stream, durableOf(version))
    if (!info) return { handled: 0, remaining: 0, caughtUp: false }
    const { num_pending, num_ack_pending, delivered, ack_floor } = info
    // Under load something is always in hand; what was there at a moment is handled a moment later. It is not enough
    // alone: while the store was away, say, more has come than can be in hand.
    // (builder.int.test: "is not ready when it has reached what was there once, and more waits since")
    if (num_pending === 0) targets.set(stream, Math.min(delivered.stream_seq, targetOf(stream)))
    const reached = ack_floor.stream_seq >= targetOf(stream)
    return {
      handled: delivered.consumer_seq - num_ack_pending,
      remaining: num_pending + num_ack_pending,
      caughtUp: num_pending <= fewPending && (reached || num_pending + num_ack_pending === 0),
    }
  }

  const targetOf = (stream: string) => targets.get(stream) ?? Number.POSITIVE_INFINITY

  function serve(next: number): void {
    const from = views.serving()
    if (from === next) return
    views.serve(next)
    log.info({ from, to: next }, 'projection served')
  }

  function report(): void {
    if (ready || Date.now() < reportAt) return
    reportAt = Date.now() + reportEveryMs
    log.info({ version, ...counts, perSecond: rate.perSecond() }, 'building the projection')
  }

  serve(servedBy(version, await projections.all()))
  const lookUnlessStopped = () =>
    look().catch((error) => {
      if (!stopping.signal.aborted) throw error
    })
  const looking = runEvery('look at the projection', everyMs, lookUnlessStopped, log)
  looking.now()

  return {
    isReady: () => consumers?.isReady() ?? false,
    lag: async () => (await consumers?.lag()) ?? [],
    async reprocess(letter) {
      if (!consumers) throw new Error('not listening yet')
      await consumers.reprocess(letter)
    },
    progress() {
      const perSecond = ready ? undefined : rate.perSecond()
      return {
        version,
        state: ready ? 'ready' : 'building',
        serving: views.serving(),
        ...counts,
        ...(perSecond === undefined ? {} : { perSecond }),
      }
    },
    async stop() {
      stopping.abort()
      await looking.stop()
      await consumers?.stop()
    },
  }
}

const sum = (positions: readonly Position[], what: 'handled' | 'remaining') =>
  positions.reduce((total, position) => total + position[what], 0)

import { setTimeout as delay } from 'node:timers/promises'
import { withTimeout } from '@saucery/chassis/async/timeout'
import { streams } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import { runEvery } from '@saucery/messaging/async/periodic'
import type { Consumers } from '@saucery/messaging/consumer/consumer'
import { largestShare, removeWithLane } from '@saucery/messaging/consumer/express-lane'
import type { Log } from '@saucery/messaging/log'
import type { Broker } from '@saucery/messaging/nats/connection'
import { removalDelayMs } from '@saucery/messaging/nats/streams'
import type { ViewStore } from '../store/view-store.ts'
import { nextStep, type ProjectionStep, servedBy } from './next-step.ts'
import { openMeter } from './progress.ts'

export interface ProjectionOptions {
  readonly views: ViewStore
  readonly broker: Broker
  /**
   * Starts the consumers of this name, which fill the documents.
   * @param maxHeldBesideLane as in `ConsumerOptions`
   */
  consume(durable: string, maxHeldBesideLane: () => number): Consumers
  /** How long an older version is kept, at least. */
  readonly keepMs: number
  readonly log: Log
  readonly everyMs?: number
}

type Build = ReturnType<typeof startBuild>

const startBuild = (options: ProjectionOptions) => ({
  everyMs: 1000,
  ...options,
  meter: openMeter(options.broker, options.views.version),
  consumers: undefined as Consumers | undefined,
  isReady: false as boolean,
  reportAt: performance.now() + reportEveryMs,
})

export type RunningProjection = Awaited<ReturnType<typeof openProjection>>

const reportEveryMs = 5000
/** The more events are held, the more of them belong to the same order, and one order's events are one write. */
const heldWhileBuilding = 2500
/** A stop waits so long for the step that is under way. */
const stepWithinMs = 2000

/**
 * Fills the documents of the store's version, and tells the store which version to read. A version that does not exist
 * yet is built from the first event, beside the others, and is read once it has caught up.
 *
 * Resolves when the version to read is known, so no request is answered from documents that are half built.
 * @throws when the store is away
 */
export async function openProjection(options: ProjectionOptions) {
  const build = startBuild(options)
  const { views, meter } = build
  serve(build, servedBy(views.version, await views.registry.all()))
  const run = (stopping: AbortSignal) =>
    takeSteps(build, stopping).catch((error) => {
      if (!stopping.aborted) throw error
    })
  const stepping = runEvery('a step of the projection', build.everyMs, run, build.log)
  stepping.now()
  return {
    isReady: () => build.consumers?.isReady() ?? false,
    lag: async () => (await build.consumers?.lag()) ?? [],
    async reprocess(...deadLetter: Parameters<Consumers['reprocess']>): Promise<void> {
      if (!build.consumers) throw new Error('the consumers are not started yet')
      await build.consumers.reprocess(...deadLetter)
    },
    /** As `Consumers.reconcile`. */
    reconcile: () => build.consumers?.reconcile(),
    /**
     * Has every event come again, to all replicas: they make the removed consumers anew. Documents are read as before.
     * (builder.int.test: "repairs what differs from its events when it is built again in place")
     */
    rebuild: () => removeConsumers(build.broker, views.version),
    progress() {
      const { version } = views
      const serving = views.servedVersion()
      if (build.isReady) return { version, state: 'ready' as const, serving, ...meter.counts() }
      return { version, state: 'building' as const, serving, ...meter.counts(), ...meter.speed() }
    },
    async stop(): Promise<void> {
      // A step that waits for a store must not hold up the events in flight; another replica goes on from it.
      const step = withTimeout(stepWithinMs, stepping.stop()).catch(() => {})
      await Promise.all([step, build.consumers?.stop()])
    },
  }
}

/** Takes one step after another until there is nothing to do but wait. */
async function takeSteps(build: Build, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const step = await findStep(build)
    if (stopping.aborted) return
    if (step.name === 'catch-up') report(build)
    if (step.name === 'catch-up' || step.name === 'keep-up') return
    await take(build, step, stopping)
  }
}

async function findStep(build: Build): Promise<ProjectionStep> {
  const { views, meter, consumers, everyMs, keepMs } = build
  const { version } = views
  const records = await views.registry.all()
  const state = records.find(({ _id }) => _id === version)?.state
  const isCaughtUp = await meter.isCaughtUp()
  if (state !== 'building') meter.resetTargets()
  build.isReady = state === 'ready'
  const timing = { markUsedEveryMs: 10 * everyMs, keepMs: Math.max(keepMs, 50 * everyMs) }
  const here = { served: views.servedVersion(), isStarted: consumers !== undefined, isCaughtUp }
  return nextStep({ version, records, ...here, ...timing }, Date.now())
}

async function take(build: Build, step: ProjectionStep, stopping: AbortSignal): Promise<void> {
  const { views, broker, log, meter } = build
  const { version, registry } = views
  switch (step.name) {
    case 'build':
      return begin(build, stopping)
    case 'mark-used':
      return registry.markUsed(version)
    case 'date-again':
      return registry.dateAgain(step.record)
    case 'consume':
      build.consumers = build.consume(durableOf(version), () =>
        build.isReady ? largestShare : heldWhileBuilding,
      )
      return
    case 'mark-ready':
      if (await registry.markReady(version)) log.info({ version, ...meter.counts() }, 'projection ready')
      return
    case 'serve':
      return serve(build, step.version)
    case 'drop': {
      const { _id: old } = step.record
      const isDropped = await registry.drop(step.record, () => removeConsumers(broker, old))
      if (isDropped) log.info({ version: old }, 'projection dropped')
    }
  }
}

// Consumers without a record have passed events that these documents never saw, because the database was lost. Replicas
// that begin at once remove each other's consumers, which are made again, from the first event.
// (builder.int.test: "is begun by three replicas at once, and misses nothing")
async function begin({ views, broker, log }: Build, signal: AbortSignal): Promise<void> {
  const { version, registry } = views
  log.info({ version }, 'projection begun')
  await removeConsumers(broker, version)
  await views.prepare()
  await delay(removalDelayMs, undefined, { signal })
  await registry.begin(version)
}

const removeConsumers = ({ jsm }: Broker, version: number) =>
  Promise.all(streams.map(({ name }) => removeWithLane(jsm, name, durableOf(version))))

function serve({ views, log }: Build, to: number): void {
  const from = views.servedVersion()
  if (from === to) return
  views.serve(to)
  log.info({ from, to }, 'projection served')
}

function report(build: Build): void {
  const { views, meter, log } = build
  if (performance.now() < build.reportAt) return
  build.reportAt = performance.now() + reportEveryMs
  log.info({ version: views.version, ...meter.counts(), ...meter.speed() }, 'building the projection')
}

import { setTimeout as delay } from 'node:timers/promises'
import type { ConsumeCallback, Consumer, ConsumerMessages, FetchMessages, JsMsg } from 'nats'
import { retryDelay } from '../async/backoff.ts'
import { drainPull, endByServer, receivedBy } from '../nats/driver.ts'
import { answeringOnItsConnection } from '../nats/received.ts'
import type { ConsumerSpec } from '../nats/streams.ts'
import { deadLettersStream, ensureConsumer, ensureStream, removalDelayMs } from '../nats/streams.ts'
import { countHeld } from './held-messages.ts'
import type { PolicyOptions } from './policy.ts'
import { heartbeatMs, whenSilent } from './silence.ts'

export type PullLoopOptions = Pick<
  PolicyOptions,
  'broker' | 'replicas' | 'log' | 'stopping' | 'store' | 'maxHeld' | 'maxHeldBesideLane' | 'consumersCreated'
>
/**
 * Short, because a stop waits for it; a server refuses heartbeats that are further apart than half of it. Random, because
 * the broker hands a message to the request that has waited longest: at equal periods always that of the same replica.
 */
const expiresMs = () => Math.round(heartbeatMs * (2 + Math.random()))
const longestMs = 3 * heartbeatMs

type OnMessage = (message: JsMsg) => Promise<unknown>

/**
 * Pulls the messages of one stream until `stopping`, as many as fit into this replica's share, and none while its store
 * is down. Starts again when the consumer, stream or connection is lost, or the pull is silent.
 */
export function openPullLoop(
  options: PullLoopOptions,
  consumer: ConsumerSpec,
  onMessage: OnMessage,
  share = () => options.maxHeld,
) {
  const { broker, stopping, store, log } = options
  const { stream } = consumer
  const held = countHeld(share)
  let isOpen = false
  let pull: ConsumerMessages | undefined
  // After a pull that failed, or was silent, the next one counts only once it has received something.
  let mustProve = false
  const isPaused = () => stopping.aborted || store.isDown()
  function end(): void {
    held.wake()
    if (pull && !(broker.isConnected() && drainPull(pull))) pull.stop()
  }
  function endForGood(): void {
    held.wake()
    // A server may have taken a message for this pull that it has not sent yet, and the servers of a cluster learn late
    // that a subscription has ended: such a message would reach nobody, and another replica only after `ackWaitMs`.
    // What comes until the request has expired is still handled. (stop.int.test: "is handed every message once by …")
    if (broker.isConnected()) setTimeout(end, longestMs + 500).unref()
    else end()
  }
  stopping.addEventListener('abort', endForGood)
  const forgetStore = store.onDown(end)
  // The request of a pull is lost with its connection.
  const forgetBroker = broker.onReconnect(() => pull?.stop())

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.aborted; ) {
      try {
        const durable = await openDurable(options, consumer)
        failures = 0
        isOpen = true
        const error = await pullFrom(durable)
        if (!stopping.aborted) log.warn({ stream, error }, 'pull ended, starting again')
        isOpen = false
        await pause(removalDelayMs)
      } catch (error) {
        isOpen = false
        failures += 1
        log.warn({ stream, error, failures }, 'pull not started, will be retried')
        await pause(retryDelay(failures, { maxMs: 5000 }))
      }
    }
    forgetStore()
    forgetBroker()
  }

  /** @returns the error that ended it; `undefined` when it stops */
  async function pullFrom(durable: Consumer): Promise<Error | undefined> {
    while (!stopping.aborted) {
      await store.untilUp()
      const room = await held.room()
      if (room === 0 || isPaused()) continue
      pull = await startPull(durable, room, (message) =>
        held.track(onMessage(answeringOnItsConnection(broker, message))),
      )
      if (stopping.aborted) endForGood()
      else if (store.isDown()) end()
      const error = await untilEnded(pull)
      hasProved()
      pull = undefined
      if (error) {
        mustProve = true
        return error
      }
    }
    return undefined
  }

  async function untilEnded(running: ConsumerMessages): Promise<Error | undefined> {
    let silence: Error | undefined
    const endWatch = whenSilent(broker, running, () => {
      log.warn({ stream }, 'pull is silent, starting again')
      silence = new Error('the pull is silent')
      running.stop()
    })
    const error = await running.closed().finally(endWatch)
    return (error ?? undefined) || silence
  }

  function hasProved(): boolean {
    mustProve &&= !pull || receivedBy(pull) === 0
    return !mustProve
  }

  const pause = (ms: number) => delay(ms, undefined, { signal: stopping }).catch(() => {})
  return { isOpen: () => isOpen && broker.isConnected() && hasProved(), ended: run() }
}

async function openDurable(options: PullLoopOptions, consumer: ConsumerSpec): Promise<Consumer> {
  const { broker, replicas, consumersCreated } = options
  await ensureStream(broker.jsm, deadLettersStream, replicas)
  await ensureConsumer(broker.jsm, consumer)
  const durable = await broker.js.consumers.get(consumer.stream, consumer.durable)
  if (!consumer.express) {
    const { created } = await durable.info(true)
    consumersCreated.set(consumer.stream, Date.parse(created))
  }
  return durable
}

async function startPull(durable: Consumer, messages: number, callback: (message: JsMsg) => void) {
  const request: FetchMessages & ConsumeCallback = {
    max_messages: messages,
    expires: expiresMs(),
    idle_heartbeat: heartbeatMs,
    callback,
  }
  const pull = await durable.fetch(request)
  endByServer(pull)
  return pull
}

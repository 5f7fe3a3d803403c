import { setTimeout as delay } from 'node:timers/promises'
import type { ConsumeCallback, Consumer, ConsumerMessages, FetchMessages, JsMsg } from 'nats'
import { retryDelay } from '../async/backoff.ts'
import { drainPull } from '../nats/driver.ts'
import type { ConsumerSpec } from '../nats/streams.ts'
import { deadLettersStream, ensureConsumer, ensureStream, removalDelayMs } from '../nats/streams.ts'
import { countHeld } from './held-messages.ts'
import type { PolicyOptions } from './policy.ts'

type Options = Pick<PolicyOptions, 'broker' | 'replicas' | 'log' | 'stopping' | 'store' | 'maxHeld'>
type OnMessage = (message: JsMsg) => Promise<unknown>

/**
 * Pulls the messages of one stream until `stopping`, as many as fit into this replica's share, and none while its store
 * is down. Starts again when the consumer, stream or connection is lost.
 */
export function openPullLoop(options: Options, consumer: ConsumerSpec, onMessage: OnMessage) {
  const { broker, stopping, store, log } = options
  const { stream } = consumer
  const held = countHeld(options.maxHeld)
  let isOpen = false
  let pull: ConsumerMessages | undefined
  const isPaused = () => stopping.aborted || store.isDown()
  function end(): void {
    held.wake()
    if (pull && !(broker.isConnected() && drainPull(pull))) pull.stop()
  }
  stopping.addEventListener('abort', end)
  store.onDown(end)

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
  }

  /** @returns the error that ended it; `undefined` when it stops */
  async function pullFrom(durable: Consumer): Promise<Error | undefined> {
    while (!stopping.aborted) {
      await store.untilUp()
      const room = await held.room()
      if (room === 0 || isPaused()) continue
      pull = await startPull(durable, room, (message) => held.track(onMessage(message)))
      if (isPaused()) end()
      const error = await pull.closed()
      pull = undefined
      if (error) return error
    }
    return undefined
  }

  const pause = (ms: number) => delay(ms, undefined, { signal: stopping }).catch(() => {})
  return { isOpen: () => isOpen, ended: run() }
}

async function openDurable({ broker, replicas }: Options, consumer: ConsumerSpec): Promise<Consumer> {
  await ensureStream(broker.jsm, deadLettersStream, replicas)
  await ensureConsumer(broker.jsm, consumer)
  return broker.js.consumers.get(consumer.stream, consumer.durable)
}

function startPull(durable: Consumer, messages: number, callback: (message: JsMsg) => void) {
  const request: FetchMessages & ConsumeCallback = {
    max_messages: messages,
    expires: 10_000,
    idle_heartbeat: 2000,
    callback,
  }
  return durable.fetch(request)
}

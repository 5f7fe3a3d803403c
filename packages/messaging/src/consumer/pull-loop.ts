import { setTimeout as delay } from 'node:timers/promises'
import type { ConsumerMessages, JsMsg } from 'nats'
import { retryDelay } from '../async/backoff.ts'
import { drainPull } from '../nats/driver.ts'
import { answeringOnItsConnection } from '../nats/received.ts'
import type { ConsumerSpec } from '../nats/streams.ts'
import { deadLettersStream, ensureConsumer, ensureStream, removalDelayMs } from '../nats/streams.ts'
import type { PolicyOptions } from './policy.ts'

type Options = Pick<PolicyOptions, 'broker' | 'replicas' | 'log' | 'stopping'>
type OnMessage = (message: JsMsg) => void

/** Pulls the messages of one stream until `stopping`. Starts again when the consumer, stream or connection is lost. */
export function openPullLoop(options: Options, consumer: ConsumerSpec, onMessage: OnMessage) {
  const { broker, stopping, log } = options
  const { stream } = consumer
  let pull: ConsumerMessages | undefined
  const end = () => {
    if (pull && !(broker.isConnected() && drainPull(pull))) pull.stop()
  }
  stopping.addEventListener('abort', end)

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.aborted; ) {
      try {
        pull = await startPull(options, consumer, onMessage)
        failures = 0
        if (stopping.aborted) end()
        const error = await pull.closed()
        pull = undefined
        if (!stopping.aborted) log.warn({ stream, error }, 'pull ended, starting again')
        await pause(removalDelayMs)
      } catch (error) {
        failures += 1
        log.warn({ stream, error, failures }, 'pull not started, will be retried')
        await pause(retryDelay(failures, { maxMs: 5000 }))
      }
    }
  }

  const pause = (ms: number) => delay(ms, undefined, { signal: stopping }).catch(() => {})
  return { isOpen: () => pull !== undefined, ended: run() }
}

async function startPull({ broker, replicas }: Options, consumer: ConsumerSpec, onMessage: OnMessage) {
  await ensureStream(broker.jsm, deadLettersStream, replicas)
  await ensureConsumer(broker.jsm, consumer)
  const durable = await broker.js.consumers.get(consumer.stream, consumer.durable)
  return durable.consume({
    max_messages: consumer.maxAckPending,
    expires: 10_000,
    idle_heartbeat: 2000,
    abort_on_missing_resource: true,
    callback: (message) => onMessage(answeringOnItsConnection(broker, message)),
  })
}

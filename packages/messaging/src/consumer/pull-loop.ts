import { setTimeout as delay } from 'node:timers/promises'
import type { ConsumerMessages, JsMsg } from 'nats'
import { retryDelay } from '../async/backoff.ts'
import { drainPull, receivedBy } from '../nats/driver.ts'
import { answeringOnItsConnection } from '../nats/received.ts'
import type { ConsumerSpec } from '../nats/streams.ts'
import { deadLettersStream, ensureConsumer, ensureStream, removalDelayMs } from '../nats/streams.ts'
import type { PolicyOptions } from './policy.ts'
import { heartbeatMs, whenSilent } from './silence.ts'

type Options = Pick<PolicyOptions, 'broker' | 'replicas' | 'log' | 'stopping'>
type OnMessage = (message: JsMsg) => void

/** Pulls the messages of one stream until `stopping`. Starts again when the consumer, stream or connection is lost, or the pull is silent. */
export function openPullLoop(options: Options, consumer: ConsumerSpec, onMessage: OnMessage) {
  const { broker, stopping, log } = options
  const { stream } = consumer
  let pull: ConsumerMessages | undefined
  // After a silent pull the next one counts only once it has received something.
  let mustProve = false
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
        const error = await untilEnded(pull)
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

  async function untilEnded(running: ConsumerMessages) {
    const endWatch = whenSilent(broker, running, () => {
      mustProve = true
      log.warn({ stream }, 'pull is silent, starting again')
      running.stop()
    })
    return running.closed().finally(endWatch)
  }

  function isOpen(): boolean {
    if (!pull || !broker.isConnected()) return false
    mustProve &&= receivedBy(pull) === 0
    return !mustProve
  }

  const pause = (ms: number) => delay(ms, undefined, { signal: stopping }).catch(() => {})
  return { isOpen, ended: run() }
}

async function startPull({ broker, replicas }: Options, consumer: ConsumerSpec, onMessage: OnMessage) {
  await ensureStream(broker.jsm, deadLettersStream, replicas)
  await ensureConsumer(broker.jsm, consumer)
  const durable = await broker.js.consumers.get(consumer.stream, consumer.durable)
  return durable.consume({
    max_messages: consumer.maxAckPending,
    expires: 10_000,
    idle_heartbeat: heartbeatMs,
    abort_on_missing_resource: true,
    callback: (message) => onMessage(answeringOnItsConnection(broker, message)),
  })
}

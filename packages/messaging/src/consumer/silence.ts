import type { ConsumerMessages } from 'nats'
import type { Broker } from '../nats/connection.ts'
import { receivedBy } from '../nats/driver.ts'

/** The broker sends a heartbeat to a pull that has received nothing for this time. */
export const heartbeatMs = 500

const checkEveryMs = 1000
const silentChecks = 6

/**
 * Runs `onSilent` once when a pull has missed its heartbeats: its request is lost, or refused. The client looks for
 * that, too, but by the wall clock, and with pauses that grow long while the broker refuses or does not answer.
 *
 * It counts checks and not time: neither a process that was busy nor a clock that was set looks like silence.
 * (silence.int.test: "is started again, and not ready meanwhile, while the broker refuses its requests")
 * @returns ends the watch
 */
export function whenSilent(broker: Broker, pull: ConsumerMessages, onSilent: () => void): () => void {
  let received = receivedBy(pull)
  let checks = 0
  const timer = setInterval(() => {
    const now = receivedBy(pull)
    // Without a connection nothing can be expected. One that is closed for good brings nothing any more.
    const isExcused = !broker.isConnected() && !broker.connection.isClosed()
    checks = now > received || isExcused ? 0 : checks + 1
    received = now
    if (checks < silentChecks) return
    clearInterval(timer)
    onSilent()
  }, checkEveryMs)
  return () => clearInterval(timer)
}

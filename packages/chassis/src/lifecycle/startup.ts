import { setTimeout as delay } from 'node:timers/promises'
import { type Broker, connectBroker } from '@saucery/messaging/nats/connection'
import type { z } from 'zod'
import { type BrokerSettings, natsLogin, type participantSettings } from '../settings/settings.ts'
import type { Log } from '../telemetry/log.ts'
import { stopAsFailed, stopSignals } from './shutdown.ts'

/**
 * Runs what a service waits for before it has any work; a stop signal then ends the process at once.
 * Without a handler the first process of a container would ignore the signal.
 */
async function exitOnSignal<T>(run: () => Promise<T>): Promise<T> {
  const exit = () => process.exit()
  for (const signal of stopSignals) process.once(signal, exit)
  try {
    return await run()
  } finally {
    for (const signal of stopSignals) process.off(signal, exit)
  }
}

/**
 * Runs it until it succeeds: again after 100 ms, then after twice as long each time, up to 5 s.
 * @param isTransient tells which failures to retry; the first other one is thrown
 */
export function waitUntilUp<T>(
  what: string,
  run: () => Promise<T>,
  isTransient: (error: unknown) => boolean,
  log: Log,
): Promise<T> {
  return exitOnSignal(async () => {
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5000))
      try {
        return await run()
      } catch (error) {
        if (!isTransient(error)) throw error
        log.warn({ reason: String(error), waitMs }, `waiting for ${what}`)
        await delay(waitMs)
      }
  })
}

/**
 * Connects to NATS, and waits until it is up. If the client gives the connection up for good, the process stops as on
 * a signal, but exits with 1, so that it is started again.
 */
export const connectToBroker = async (
  name: string,
  settings: BrokerSettings & Partial<z.infer<typeof participantSettings>>,
  log: Log,
): Promise<Broker> => {
  const keys = {
    signing: settings.EVENT_SIGNING_KEY,
    trusted: settings.EVENT_PUBLIC_KEYS,
    unsignedUntil: settings.EVENTS_UNSIGNED_UNTIL,
  }
  const broker = await exitOnSignal(() => connectBroker({ name, ...natsLogin(settings), keys, log }))
  void broker.lostForGood.then(() => stopAsFailed(log))
  return broker
}

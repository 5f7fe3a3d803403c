import { setTimeout as sleep } from 'node:timers/promises'
import { perService, type ServiceName } from '@saucery/local/system/service-ports'
import { measureLatency } from '../measure/latency.ts'
import type { BenchContext } from '../run/run-bench.ts'
import { type Running, withSystem } from '../run/with-system.ts'
import { type ProcessFigures, readFigures, worstOf } from './process-figures.ts'

const SAMPLE_EVERY_MS = 5000

export type Minute = Awaited<ReturnType<typeof measureMinute>>

/** Every minute of a steady load. Orders are delivered after 5 s, so that none is under way for long. */
export const measureSteady = (size: { minutes: number; perSecond: number }, context: BenchContext) =>
  withSystem(context, { connections: 256, env: { DELIVERY_DURATION_MS: '5000' } }, async (running) => {
    const minutes: Minute[] = []
    running.say(`Placing ${size.perSecond} orders a second for ${size.minutes} minutes`)
    while (minutes.length < size.minutes) {
      minutes.push(await measureMinute(running, size.perSecond))
      running.say(`${minutes.length} of ${size.minutes} minutes`)
    }
    return { stores: Object.values(running.system.servers).map(({ what }) => what), minutes }
  })

async function measureMinute(running: Running, perSecond: number) {
  const samples: Record<ServiceName, ProcessFigures[]> = perService(() => [])
  const ended = new AbortController()
  const sampling = sample(running, samples, ended.signal)
  try {
    const { post, delivering } = await measureLatency(running, 60, perSecond)
    return { post, delivering, services: perService((name) => worstOf(samples[name])) }
  } finally {
    ended.abort()
    await sampling
  }
}

async function sample(
  { system }: Running,
  samples: Record<ServiceName, ProcessFigures[]>,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted) {
    await sleep(SAMPLE_EVERY_MS, undefined, { signal: ended }).catch(() => {})
    const names = Object.keys(samples) as ServiceName[]
    const figures = await Promise.all(names.map((name) => readFigures(system.managementUrls[name])))
    for (const [i, name] of names.entries()) if (figures[i]) samples[name].push(figures[i])
  }
}

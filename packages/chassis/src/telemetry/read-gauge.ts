import { Gauge } from 'prom-client'
import { withTimeout } from '../async/timeout.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'

/** A scrape waits this long for a number, then leaves it out. */
const waitMs = 2000

export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** @returns makes a gauge that is read at each scrape, and left out while it cannot be read */
export const gaugesReadBy =
  (metrics: Metrics, log: Log) =>
  (name: string, help: string, labelNames: string[], read: () => Sample[] | Promise<Sample[]>): void =>
    void new Gauge({
      name,
      help,
      labelNames,
      registers: [metrics],
      async collect() {
        // A number that cannot be read must not keep its last value.
        if (labelNames.length > 0) this.reset()
        else this.remove()
        try {
          for (const [labels, value] of await withTimeout(waitMs, (async () => read())()))
            this.set(labels, value)
        } catch (error) {
          log.warn({ error, metric: name }, 'metric left out')
        }
      },
    })

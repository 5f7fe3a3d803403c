import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import { Gauge } from 'prom-client'
import type { RunningProjection } from './builder.ts'

/** Shows how far the documents of this process's version are built. */
export function measureProjection({ progress }: RunningProjection, metrics: Metrics): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['version'],
      registers: [metrics],
      collect() {
        this.set({ version: progress().version }, value())
      },
    })
  gauge(
    'projection_events_remaining',
    'Events on the streams that are not in the documents yet',
    () => progress().remaining,
  )
  gauge('projection_ready', 'Whether the documents of this version are complete, and read', () =>
    progress().state === 'ready' ? 1 : 0,
  )
}

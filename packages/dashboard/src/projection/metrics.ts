import type { Metrics } from '@saucery/chassis/telemetry/metrics'
import { Gauge } from 'prom-client'
import type { RunningProjection } from './builder.ts'

/** Measures how far this process's version of the documents is built. */
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
  gauge('projection_events_remaining', 'Events not yet in the documents', () => progress().remaining)
  const isReady = () => Number(progress().state === 'ready')
  gauge('projection_ready', 'Whether the documents of this version are complete and read', isReady)
}

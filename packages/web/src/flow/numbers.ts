import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'
import type { FlowEdge } from './edges.ts'
import type { FlowData } from './flow-data.ts'
import { type LagLevel, lagLevel, type ServiceHealth } from './flow-health.ts'

/** What is known of an edge now. */
export interface EdgeNumbers {
  readonly perSecond: number
  readonly total: number
  /** The events that wait for its consumer; undefined where nobody knows. */
  readonly waiting: number | undefined
  readonly lag: LagLevel
  readonly isDown: boolean
}

type Health = readonly ServiceHealth[] | undefined

export const healthIn = (health: Health, service: string) => health?.find((it) => it.service === service)

export function numbersOf(edge: FlowEdge, flow: FlowData, health: Health): EdgeNumbers {
  const of = healthIn(health, edge.service)
  const isDown = of?.state === 'down'
  const perSecond = flow.perSecond(edge.id)
  const waiting = edge.isPublishing ? undefined : of?.waiting[edge.stream]
  const lag = lagLevel(waiting ?? 0, perSecond, isDown)
  return { perSecond, total: flow.totalOf(edge.id), waiting, lag, isDown }
}

/** A tenth where it matters. */
export const rateText = (perSecond: number): string =>
  t.flow.perSecond(count(perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond)))

/** An edge in words. */
export const edgeText = (edge: FlowEdge, { perSecond, waiting }: EdgeNumbers): string =>
  [
    t.flow.edge(edge.from, edge.to),
    rateText(perSecond),
    ...(waiting === undefined ? [] : [t.flow.waiting(count(waiting))]),
  ].join(', ')

/** A service in words. */
export const serviceText = (service: string, of: ServiceHealth | undefined, inDrill: boolean): string =>
  [
    service,
    ...(of ? [t.flow.states[of.state]] : []),
    ...(of?.deadLetters ? [t.flow.deadLetters(count(of.deadLetters))] : []),
    ...(inDrill ? [t.drills.mark] : []),
  ].join(', ')

import { type Service, serviceContracts } from '@saucery/contracts/choreography'
import { remainingPaths } from '@saucery/contracts/order-paths'
import { isFinal, type Status } from '@saucery/contracts/status'
import type { Asked, ServiceState } from './service-state.ts'
import type { OrderStory } from './story-route.ts'

/** What the dashboard knows of an order, as far as its story needs it. */
export interface KnownView {
  readonly status: Status
  readonly timeline: readonly { readonly event: string }[]
  readonly waitsFor?: { readonly events: readonly string[]; readonly since: string }
}

type Part = OrderStory['services'][number]

/** A consumer's lag, as far as it is counted here. */
type Lag = Readonly<{ stream?: unknown; pending?: unknown; ackPending?: unknown }>

/** A service as the overview has it. */
export type SeenService = ServiceState & {
  readonly service: Service
  readonly lag?: { readonly ageMs: number; readonly consumers: readonly Lag[] }
}

/** Joins what was found out about an order. What was not found out is absent. */
export function joinStory(
  orderId: string,
  view: KnownView | undefined,
  services: readonly { readonly seen: SeenService; readonly told: Asked<NonNullable<Part['failures']>> }[],
): OrderStory {
  const happened = new Set(view?.timeline.map(({ event }) => event))
  const isOpen = view !== undefined && !isFinal(view.status)
  return {
    orderId,
    ...(view && { status: view.status }),
    ...(view?.waitsFor && { since: view.waitsFor.since }),
    waitsFor: waitsOf(view?.waitsFor?.events ?? []),
    services: services.map(partOf),
    remaining: isOpen
      ? remainingPaths(happened).map(({ events, status }) => ({ events: [...events], status }))
      : [],
  }
}

/** The services that are to publish these events. */
function waitsOf(events: readonly string[]): OrderStory['waitsFor'] {
  return serviceContracts.flatMap(({ service, publishes }) => {
    const own = events.filter((name) => publishes.some(({ event }) => event === name))
    return own.length > 0 ? [{ service, events: own }] : []
  })
}

function partOf({ seen, told }: Parameters<typeof joinStory>[2][number]): Part {
  const { service, state, lag } = seen
  const why = 'reason' in seen ? seen.reason : 'reason' in told ? told.reason : undefined
  return {
    service,
    state,
    ...(why !== undefined && { reason: why }),
    ...(lag && { behind: { messages: waitingIn(lag.consumers), ageMs: lag.ageMs } }),
    ...('found' in told && { failures: told.found }),
  }
}

/** While a read model is built there are two consumers of a stream: the slower one counts. */
function waitingIn(consumers: readonly Lag[]): number {
  const waiting = new Map<unknown, number>()
  for (const { stream, pending, ackPending } of consumers)
    waiting.set(stream, Math.max(waiting.get(stream) ?? 0, Number(pending) + Number(ackPending)))
  return [...waiting.values()].reduce((sum, one) => sum + one, 0)
}

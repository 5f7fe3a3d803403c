import type { DeadLetterOutcome } from '@saucery/messaging/dead-letters/catalog'
import { sharedResult } from '../async/shared-result.ts'
import { authorize } from '../auth/authorize.ts'
import type { OpenApiApp } from '../openapi/app.ts'
import { letterToJson } from './dead-letters.ts'
import type { OperatedService } from './operated.ts'
import { orderFailuresRoute } from './order-failures-route.ts'
import { markHandled, refreshCatalog } from './settle.ts'

/** Of one order; more of them tell nothing more. */
const mostLetters = 20

/** What of one order fails in the service: told by any replica, whichever of them it failed in. */
export function addOrderFailuresRoute(app: OpenApiApp, operated: OperatedService): void {
  const { service, catalog, failingOf, openCallsOf } = operated
  const refresh = sharedResult(
    () => refreshCatalog(operated),
    () => 1000,
  )

  /** From the service's own store: known while NATS is away, too. */
  async function deadLettersOf(orderId: string) {
    await refresh().catch(() => {})
    const page = (state: 'open' | DeadLetterOutcome) =>
      catalog.page({ orderId, state }, { limit: mostLetters })
    const [open, handled, discarded] = await Promise.all([page('open'), page('handled'), page('discarded')])
    const letters = await markHandled(operated, open)
    const settled = [...handled, ...discarded]
    return {
      deadLetters: letters.filter(({ outcome }) => outcome === undefined).map(letterToJson),
      // By nobody: its event was handled in another way than by a retry.
      settled: settled.filter(({ settledBy }) => settledBy !== undefined).map(letterToJson),
    }
  }

  app.openapi(orderFailuresRoute(service), async (c) => {
    authorize(c, 'operate')
    const { id } = c.req.valid('param')
    const [failing = [], letters, calls = []] = await Promise.all([
      failingOf?.(id),
      deadLettersOf(id),
      openCallsOf?.(id),
    ])
    return c.json({ failing: failing.map(({ id: _, ...message }) => message), ...letters, calls }, 200)
  })
}

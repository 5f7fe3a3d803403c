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

  /** The open ones, from the service's own store: known while NATS is away, too. */
  async function deadLettersOf(orderId: string) {
    await refresh().catch(() => {})
    const found = await catalog.page({ orderId, state: 'open' }, { limit: mostLetters })
    const letters = await markHandled(operated, found)
    return letters.filter(({ outcome }) => outcome === undefined).map(letterToJson)
  }

  app.openapi(orderFailuresRoute(service), async (c) => {
    authorize(c, 'operate')
    const { id } = c.req.valid('param')
    const [failing = [], deadLetters, calls = []] = await Promise.all([
      failingOf?.(id),
      deadLettersOf(id),
      openCallsOf?.(id),
    ])
    return c.json({ failing: failing.map(({ id: _, ...message }) => message), deadLetters, calls }, 200)
  })
}

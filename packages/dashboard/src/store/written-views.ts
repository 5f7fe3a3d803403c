import type { OrderView } from '../view/order-view.ts'

/** Some 15 MB. An order's events follow each other within seconds. */
const maxViews = 10_000

/** After a conflict the process reads from the store for this time: another replica writes, and every second view here is old. */
const distrustMs = 10_000

/**
 * The documents as this process wrote them last, so that the next event of an order needs no read. What another process
 * wrote since is no loss: a document is replaced only if it is still the one in memory.
 */
export function openWrittenViews(now = () => performance.now()) {
  const views = new Map<string, OrderView>()
  let distrustedUntil = Number.NEGATIVE_INFINITY
  return {
    among(ids: readonly string[]): OrderView[] {
      return now() < distrustedUntil ? [] : ids.flatMap((id) => views.get(id) ?? [])
    },
    keep(written: readonly OrderView[]): void {
      for (const view of written) {
        views.delete(view._id)
        views.set(view._id, view)
      }
      for (const id of views.keys()) {
        if (views.size <= maxViews) break
        views.delete(id)
      }
    },
    /** Another process writes, too. */
    distrust(): void {
      distrustedUntil = now() + distrustMs
    },
  }
}

export type WrittenViews = ReturnType<typeof openWrittenViews>

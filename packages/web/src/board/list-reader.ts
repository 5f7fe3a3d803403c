import { signal } from '@preact/signals'
import type { Client } from '@saucery/client/client'
import type { OrderView, Page } from '@saucery/client/schemas'
import { untilAnswered } from '../api/retry.ts'
import { type BoardFilter, ordersQuery } from './filter.ts'

export const pageSize = 200

/** Reads pages of a filter's orders, one at a time. A new read aborts the one before. */
export function openListReader(client: Client, filter: BoardFilter, closed: AbortSignal) {
  const loading = signal(true)
  const error = signal<Error | undefined>(undefined)
  let current = new AbortController()

  const getPage = (until: string | undefined, signal: AbortSignal): Promise<Page<OrderView>> =>
    client.get('/orderDashboards', {
      query: { ...ordersQuery(filter, Date.now()), limit: pageSize, until },
      signal,
    })

  /** @returns undefined when it was refused or aborted */
  async function read(until?: string): Promise<Page<OrderView> | undefined> {
    current.abort()
    current = new AbortController()
    const signal = AbortSignal.any([current.signal, closed])
    loading.value = true
    const page = await untilAnswered(
      () => getPage(until, signal),
      signal,
      (failure) => {
        error.value = failure
      },
    )
    if (signal.aborted) return undefined
    loading.value = false
    return page
  }

  return { loading, error, getPage, read }
}

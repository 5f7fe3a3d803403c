import { computed, signal } from '@preact/signals'

export interface Route {
  /** `board`, `order`, `waiting`, `deliveries`, `operations`, or `nowhere`. */
  readonly page: 'board' | 'order' | 'waiting' | 'deliveries' | 'operations' | 'nowhere'
  readonly orderId?: string
  readonly query: URLSearchParams
}

/** Behind the `#`, for the paths are the calls'. */
function routeOf(hash: string): Route {
  const [path = '', search] = hash.replace(/^#\/?/, '').split('?')
  const query = new URLSearchParams(search)
  const [page, id, ...more] = path.split('/')
  if (more.length > 0) return { page: 'nowhere', query }
  if (page === 'orders' && id) return { page: 'order', orderId: id, query }
  if (id !== undefined) return { page: 'nowhere', query }
  if (page === '') return { page: 'board', query }
  if (page === 'waiting' || page === 'deliveries' || page === 'operations') return { page, query }
  return { page: 'nowhere', query }
}

const hash = signal(location.hash)
addEventListener('hashchange', () => {
  hash.value = location.hash
})

export const route = computed(() => routeOf(hash.value))

/** Changes the address without a step in the history, as for each letter of a filter. */
export function replaceAddress(address: string): void {
  history.replaceState(null, '', address)
  hash.value = location.hash
}

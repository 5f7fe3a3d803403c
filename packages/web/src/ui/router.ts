import { computed, signal } from '@preact/signals'

const pages = ['waiting', 'deliveries', 'operations'] as const

export interface Route {
  readonly page: 'board' | 'order' | 'nowhere' | (typeof pages)[number]
  readonly orderId?: string
  readonly query: URLSearchParams
}

/** Pages are behind the `#`: the paths belong to the API. */
function routeOf(hash: string): Route {
  const [path = '', search] = hash.replace(/^#\/?/, '').split('?')
  const query = new URLSearchParams(search)
  const [first = '', id, ...more] = path.split('/')
  if (first === 'orders' && id && more.length === 0) return { page: 'order', orderId: id, query }
  if (path === '') return { page: 'board', query }
  return { page: pages.find((page) => page === path) ?? 'nowhere', query }
}

const hash = signal(location.hash)
addEventListener('hashchange', () => {
  hash.value = location.hash
})

export const route = computed(() => routeOf(hash.value))

/** Goes to the address by a step that Back undoes. */
export function pushAddress(address: string): void {
  if (address === hash.peek()) return
  location.hash = address
  hash.value = address
}

/** Changes the address without a step in the history, as for each letter of a filter. */
export function replaceAddress(address: string): void {
  try {
    history.replaceState(null, '', address)
  } catch {
    // Browsers allow so many changes in some seconds; the next one takes this one's place.
  }
  hash.value = address
}

import { useEffect, useMemo } from 'preact/hooks'
import type { Page } from '../api/types.ts'
import { polled } from './polled.ts'
import { route } from './router.ts'

/**
 * A page of a list as long as it is shown: the first one, or that of the address.
 * @param list the call, with a query
 */
export function usePage<T>(list: string, everyMs: number) {
  const cursor = route.value.query.get('cursor')
  const data = useMemo(() => {
    const path = cursor === null ? list : `${list}&cursor=${encodeURIComponent(cursor)}`
    return polled<Page<T>>(() => path, everyMs)
  }, [list, cursor, everyMs])
  useEffect(() => data.close, [data])
  return { page: data.found.value, error: data.error.value, read: data.read }
}

/** The way on, and back to the beginning. */
export function MorePages({ next }: { next: string | undefined }) {
  const { page, query } = route.value
  const isFirst = query.get('cursor') === null
  if (isFirst && next === undefined) return null
  return (
    <p class="more">
      {!isFirst && <a href={`#/${page}`}>The newest</a>}{' '}
      {next !== undefined && <a href={`#/${page}?cursor=${next}`}>Older ones</a>}
    </p>
  )
}

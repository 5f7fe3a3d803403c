import type { Page } from '@saucery/client/schemas'
import { route } from './router.ts'
import { usePolled } from './use-polled.ts'

/** Polls a page of a list: the first one, or the one that the address names. */
export function usePage<T>(
  readPage: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  everyMs: number,
) {
  const cursor = route.value.query.get('cursor') ?? undefined
  const { found, error, read } = usePolled((signal) => readPage(cursor, signal), everyMs, [cursor])
  return { page: found, error, read }
}

/** Links to the first page and to the next one. */
export function MorePages({ next }: { next: string | undefined }) {
  const { page, query } = route.value
  const isFirst = query.get('cursor') === null
  if (isFirst && next === undefined) return null
  return (
    <p class="more">
      {!isFirst && <a href={`#/${page}`}>Newest</a>}{' '}
      {next !== undefined && <a href={`#/${page}?cursor=${next}`}>Older</a>}
    </p>
  )
}

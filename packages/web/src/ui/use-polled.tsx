import { signal } from '@preact/signals'
import type { Page } from '@saucery/client/schemas'
import { useEffect, useMemo } from 'preact/hooks'
import { t } from '../texts/texts.ts'
import { route } from './router.ts'
import { whileVisible } from './while-visible.ts'

type Call<T> = (stopped: AbortSignal) => Promise<T>

/** Repeats the call in this interval while the page is visible. It starts anew when one of `inputs` changes. */
export function usePolled<T>(call: Call<T>, everyMs: number, inputs: readonly unknown[]) {
  const { found, error, read, close } = useMemo(() => poll(call, everyMs), inputs)
  useEffect(() => close, [close])
  return { found: found.value, error: error.value, read }
}

function poll<T>(call: Call<T>, everyMs: number) {
  const closed = new AbortController()
  const found = signal<T>()
  const error = signal<Error>()
  let lastSent = 0
  let lastAnswered = 0
  async function read(): Promise<void> {
    const turn = ++lastSent
    try {
      const answer = await call(closed.signal)
      // An answer that a later call has overtaken is out of date.
      if (turn < lastAnswered) return
      lastAnswered = turn
      found.value = answer
      error.value = undefined
    } catch (failure) {
      if (!closed.signal.aborted) error.value = failure as Error
      throw failure
    }
  }
  whileVisible(everyMs, closed.signal, read)
  return { found, error, read: () => read().catch(() => {}), close: () => closed.abort() }
}

/** Polls a page of a list: the first one, or the one that the address names. It starts anew when one of `inputs` changes. */
export function usePage<T>(
  readPage: (cursor: string | undefined, stopped: AbortSignal) => Promise<Page<T>>,
  everyMs: number,
  inputs: readonly unknown[] = [],
) {
  const cursor = route.value.query.get('cursor') ?? undefined
  const { found, error, read } = usePolled((stopped) => readPage(cursor, stopped), everyMs, [
    cursor,
    ...inputs,
  ])
  return { page: found, error, read }
}

interface MorePagesProps {
  readonly next: string | undefined
  readonly names?: { readonly first: string; readonly next: string }
}

/** Links to the first page and to the next one. */
export function MorePages({
  next,
  names = { first: t.common.newest, next: t.common.older },
}: MorePagesProps) {
  const { page, query } = route.value
  const isFirst = query.get('cursor') === null
  if (isFirst && next === undefined) return null
  return (
    <p class="more">
      {!isFirst && <a href={`#/${page}`}>{names.first}</a>}{' '}
      {next !== undefined && <a href={`#/${page}?cursor=${next}`}>{names.next}</a>}
    </p>
  )
}

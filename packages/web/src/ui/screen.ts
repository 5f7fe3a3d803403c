import { type ReadonlySignal, signal } from '@preact/signals'
import { whileVisible } from './while-visible.ts'

/** The time in ms, renewed each second while the page is visible. */
export const now = signal(Date.now())

whileVisible(1000, new AbortController().signal, async () => {
  now.value = Date.now()
})

function matching(media: string): ReadonlySignal<boolean> {
  const query = globalThis.matchMedia?.(media)
  const matches = signal(query?.matches ?? false)
  query?.addEventListener('change', () => {
    matches.value = query.matches
  })
  return matches
}

/** Room for one column only: a phone. The same width as in CSS. */
export const narrow = matching('(max-width: 43.99rem)')

/** Room for the form beside the board. */
export const roomy = matching('(min-width: 75rem)')

/** The reader wants nothing to move. */
export const calm = matching('(prefers-reduced-motion: reduce)')

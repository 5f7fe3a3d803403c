import { type ReadonlySignal, signal } from '@preact/signals'

function matching(media: string): ReadonlySignal<boolean> {
  const query = matchMedia(media)
  const matches = signal(query.matches)
  query.addEventListener('change', () => {
    matches.value = query.matches
  })
  return matches
}

/** Whether there is room for one column only: a phone. */
export const narrow = matching('(max-width: 43.99rem)')

/** Whether there is room for a form beside the board. */
export const roomy = matching('(min-width: 75rem)')

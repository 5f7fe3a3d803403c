import { signal } from '@preact/signals'

/** The time in ms, renewed each second while the page is visible. */
export const now = signal(Date.now())

setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now()
}, 1000)

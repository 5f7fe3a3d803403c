import { signal } from '@preact/signals'

/** The time, a second old at most while somebody looks. */
export const now = signal(Date.now())

setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now()
}, 1000)

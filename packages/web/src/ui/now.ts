import { signal } from '@preact/signals'
import { whileVisible } from './while-visible.ts'

/** The time in ms, renewed each second while the page is visible. */
export const now = signal(Date.now())

whileVisible(1000, async () => {
  now.value = Date.now()
})

import { computed } from '@preact/signals'
import { latestOverview } from '../operations/overview.ts'
import { now } from '../ui/screen.ts'
import { healthOf, type ServiceHealth } from './flow-health.ts'

let last: readonly ServiceHealth[] | undefined
let lastText: string | undefined

/** Undefined for callers who may not see operations. It is read each second, and the same object until it changes. */
export const knownHealth = computed(() => {
  const received = latestOverview.value
  const found = received && healthOf(received, now.value)
  const text = JSON.stringify(found)
  if (text !== lastText) last = found
  lastText = text
  return last
})

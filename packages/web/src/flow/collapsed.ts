import { signal } from '@preact/signals'
import { keepForBrowser, keptForBrowser } from '../api/storage.ts'

const key = 'flow'

/** Whether the reader wants no flow, now and the next time, in any tab of this browser. */
export const isCollapsed = signal(keptForBrowser(key) === 'collapsed')

export function collapse(collapsed: boolean): void {
  isCollapsed.value = collapsed
  keepForBrowser(key, collapsed ? 'collapsed' : undefined)
}

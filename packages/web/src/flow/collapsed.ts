import { signal } from '@preact/signals'

const key = 'flow'

function keptCollapsed(): boolean {
  try {
    return localStorage.getItem(key) === 'collapsed'
  } catch {
    return false
  }
}

/** Whether the reader wants no flow, now and the next time, in any tab of this browser. */
export const isCollapsed = signal(keptCollapsed())

export function collapse(collapsed: boolean): void {
  isCollapsed.value = collapsed
  try {
    if (collapsed) localStorage.setItem(key, 'collapsed')
    else localStorage.removeItem(key)
  } catch {
    // A browser may deny its storage, or have no room.
  }
}

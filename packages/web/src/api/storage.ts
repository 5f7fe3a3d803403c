/**
 * What this tab keeps until it is closed, also when it is loaded again. A browser may deny its storage, or have no room:
 * then the page keeps it in memory, until it is loaded again.
 */
const memory = new Map<string, string>()

export function keptValue(key: string): string | undefined {
  return inStorage((storage) => storage.getItem(key)) ?? memory.get(key)
}

export function keepValue(key: string, value: string): void {
  memory.set(key, value)
  inStorage((storage) => storage.setItem(key, value))
}

export function dropValue(key: string): void {
  memory.delete(key)
  inStorage((storage) => storage.removeItem(key))
}

/** What all tabs of this browser keep, where it lets them. */
export const keptForBrowser = (key: string): string | undefined =>
  inStorage(
    (storage) => storage.getItem(key),
    () => localStorage,
  ) ?? undefined

/** @param value undefined drops it */
export function keepForBrowser(key: string, value: string | undefined): void {
  inStorage(
    (storage) => (value === undefined ? storage.removeItem(key) : storage.setItem(key, value)),
    () => localStorage,
  )
}

function inStorage<T>(work: (storage: Storage) => T, of = () => sessionStorage): T | undefined {
  try {
    return work(of())
  } catch {
    return undefined
  }
}

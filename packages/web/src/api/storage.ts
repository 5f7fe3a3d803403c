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

function inStorage<T>(work: (storage: Storage) => T): T | undefined {
  try {
    return work(sessionStorage)
  } catch {
    return undefined
  }
}

/** Gathers items for some milliseconds, and hands them on together. */
export function gather<T>(ms: number, handOn: (items: T[]) => void) {
  let items: T[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const gathered = items
    items = []
    handOn(gathered)
  }
  return {
    add(more: readonly T[]): void {
      if (more.length === 0) return
      items.push(...more)
      timer ??= setTimeout(flush, ms)
    },
    /** Hands on at once what there is, if only nothing. */
    flush,
    close: () => clearTimeout(timer),
  }
}

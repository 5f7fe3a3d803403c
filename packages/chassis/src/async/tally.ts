/** Counts what each key holds at the moment. A key that holds nothing is forgotten. */
export function openTally() {
  const counts = new Map<string, number>()
  const of = (key: string): number => counts.get(key) ?? 0
  return {
    of,
    change(key: string, by: 1 | -1): void {
      const count = of(key) + by
      if (count === 0) counts.delete(key)
      else counts.set(key, count)
    },
    /** How many keys hold something. */
    keys: (): number => counts.size,
    total: (): number => [...counts.values()].reduce((sum, count) => sum + count, 0),
  }
}

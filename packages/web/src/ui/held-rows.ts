/**
 * The rows of a list that holds still: those that were shown, in their places, each as it was found last or marked as
 * gone. What was found besides is only counted.
 */
export function heldRows<T>(shown: readonly T[], found: readonly T[], keyOf: (item: T) => string) {
  const now = new Map(found.map((item) => [keyOf(item), item]))
  const rows = shown.map((item) => {
    const current = now.get(keyOf(item))
    return { item: current ?? item, isGone: current === undefined }
  })
  const keys = new Set(shown.map(keyOf))
  return { rows, added: found.filter((item) => !keys.has(keyOf(item))).length }
}

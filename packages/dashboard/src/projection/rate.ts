const windowMs = 10_000

/** How fast a number has grown of late. */
export function openRate(now: () => number = () => performance.now()) {
  let seen: { readonly at: number; readonly count: number }[] = []
  return {
    saw(count: number): void {
      const at = now()
      // It began anew.
      if (count < (seen.at(-1)?.count ?? 0)) seen = []
      seen = [...seen.filter((one) => at - one.at <= windowMs), { at, count }]
    },
    perSecond(): number | undefined {
      const [first, last] = [seen[0], seen.at(-1)]
      if (!first || !last || last.at === first.at) return undefined
      return Math.round(((last.count - first.count) / (last.at - first.at)) * 1000)
    },
  }
}

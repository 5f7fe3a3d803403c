const slots = 5

/** Counts by name over a sliding window of five seconds, and since it was opened. Times are in ms, and never go back. */
export function openRates() {
  const totals = new Map<string, number>()
  /** The counts of each of the last seconds. */
  const window: { readonly second: number; readonly counts: Map<string, number> }[] = []

  function slideTo(ms: number): void {
    while (window[0] && window[0].second <= Math.floor(ms / 1000) - slots) window.shift()
  }

  return {
    count(name: string, ms: number): void {
      slideTo(ms)
      const second = Math.floor(ms / 1000)
      if (window.at(-1)?.second !== second) window.push({ second, counts: new Map() })
      const { counts } = window.at(-1) as (typeof window)[number]
      counts.set(name, (counts.get(name) ?? 0) + 1)
      totals.set(name, (totals.get(name) ?? 0) + 1)
    },
    perSecond(name: string, ms: number): number {
      slideTo(ms)
      const seconds = slots - 1 + (ms % 1000) / 1000
      return window.reduce((sum, { counts }) => sum + (counts.get(name) ?? 0), 0) / seconds
    },
    totalOf: (name: string): number => totals.get(name) ?? 0,
    /** Nothing was counted within the window. */
    isIdle(ms: number): boolean {
      slideTo(ms)
      return window.length === 0
    },
    /** Keeps the totals. */
    forgetWindow: () => void window.splice(0),
  }
}

/** A number of places for what may be under way at once. Of those who wait, the one that has waited longest is next. */
export function openCallPlaces(count: number) {
  const waiting = new Set<() => void>()
  let free = count

  function leave(): void {
    const [next] = waiting
    if (next) next()
    else free += 1
  }

  return {
    /** Takes as many places as are free now, `most` at most. @returns how many */
    takeFree(most: number): number {
      const taken = Math.max(0, Math.min(free, most))
      free -= taken
      return taken
    },
    /** @returns whether there was a place within this time */
    async take(withinMs: number): Promise<boolean> {
      if (free > 0) {
        free -= 1
        return true
      }
      return new Promise((resolve) => {
        const end = (isMine: boolean) => {
          clearTimeout(late)
          waiting.delete(next)
          resolve(isMine)
        }
        const next = () => end(true)
        const late = setTimeout(end, withinMs, false)
        waiting.add(next)
      })
    },
    leave,
  }
}

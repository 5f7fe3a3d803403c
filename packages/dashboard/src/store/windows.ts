/** A range of ids; without an end it is open there. */
export interface IdRange {
  /** Inclusive. */
  readonly from?: string | undefined
  /** Exclusive. */
  readonly to?: string | undefined
}

/** As MongoDB compares ids; nothing for a range that is open at both ends. */
export const idRangeFilter = ({ from, to }: IdRange) => ({
  ...((from ?? to) !== undefined && {
    _id: { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) },
  }),
})

const firstGrowth = 15

/**
 * Cuts a range into windows that are read one after another, the newest first, until a page is full. Each is as long as
 * the orders found so far let expect that it must be: a common kind reads few orders, and a rare one few windows.
 * @param milestones the newest first
 * @returns the next window after so many orders of those wanted were found; undefined when the range is read
 */
export function openWindows({ from, to }: IdRange, milestones: readonly string[]) {
  let end = to
  let isRead = false
  let next = firstBelow(milestones, to)
  let length = 0
  return (found: number, wanted: number): IdRange | undefined => {
    if (isRead) return undefined
    const expected = found === 0 ? Number.POSITIVE_INFINITY : (1.5 * length * (wanted - found)) / found
    // At least by half: where the last orders are missing, the end of the range would come after hundreds of windows.
    const growth =
      length === 0 ? 1 : Math.ceil(Math.min(firstGrowth * length, Math.max(expected, length / 2)))
    length += growth
    next += growth
    const start = milestones[next - 1]
    isRead = start === undefined || (from !== undefined && start <= from)
    const window = { from: isRead ? from : start, to: end }
    end = start
    return window
  }
}

/** The index of the first of these ids, the newest first, that is older than this one. */
export function firstBelow(ids: readonly string[], id: string | undefined): number {
  let [low, high] = [0, id === undefined ? 0 : ids.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ids[middle] ?? '') < (id ?? '')) high = middle
    else low = middle + 1
  }
  return low
}

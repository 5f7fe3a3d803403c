/** A range of ids; without an end it is open there. */
export interface IdRange {
  /** Inclusive. */
  readonly from?: string | undefined
  /** Exclusive. */
  readonly to?: string | undefined
}

/**
 * Cuts a range into windows that are read one after another, the newest first, until a page is full. Each has twice as
 * many orders as the one before: a page of a common kind reads few orders, and one of a rare kind few windows.
 * @param milestones the newest first
 */
export function* windowsOf({ from, to }: IdRange, milestones: readonly string[]): Generator<IdRange> {
  let end = to
  let length = 1
  for (let i = firstBelow(milestones, to); ; ) {
    i += length
    const start = milestones[i - 1]
    if (start === undefined || (from !== undefined && start <= from)) return yield { from, to: end }
    yield { from: start, to: end }
    end = start
    length *= 2
  }
}

function firstBelow(milestones: readonly string[], id: string | undefined): number {
  let [low, high] = [0, id === undefined ? 0 : milestones.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((milestones[middle] ?? '') < (id ?? '')) high = middle
    else low = middle + 1
  }
  return low
}

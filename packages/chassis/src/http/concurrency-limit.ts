export interface ConcurrencyLimitOptions {
  /** The limit at first, and the greatest. */
  readonly first: number
  readonly max: number
  /** Answers are to begin within this time, on average. */
  readonly targetMs: number
}

/** Even a slow service gets so many requests at once. */
const min = 16

const windowMs = 250
const answersPerWindow = 5
/** The limit changes by this factor at most in one window. */
const [maxShrink, maxGrowth] = [0.5, 1.5]

/**
 * How many requests may be under way, so that what is accepted is answered in time: a longer line waits longer, and
 * does no more work. After each window the time of an answer follows from the mean length of the line and the answers
 * in it (Little's law). That tells it for the line as it is now; single answers tell what it was when they came.
 */
export function openConcurrencyLimit({ first, max, targetMs }: ConcurrencyLimitOptions) {
  let limit = Math.min(first, max)
  let underWay = 0
  let peak = 0
  let answers = 0
  let since = 0
  let changedAt = 0
  /** Requests times ms. */
  let area = 0

  function change(by: 1 | -1, now: number): void {
    area += underWay * (now - changedAt)
    changedAt = now
    underWay += by
    peak = Math.max(peak, underWay)
  }

  function adjust(now: number): void {
    const meanMs = area / answers
    const isBusy = area / (now - since) >= limit / 2
    if (meanMs > targetMs && isBusy)
      limit = Math.max(Math.min(min, max), Math.floor(limit * Math.max(maxShrink, targetMs / meanMs)))
    else if (meanMs < targetMs && peak >= limit)
      limit = Math.min(max, Math.ceil(limit * Math.min(maxGrowth, targetMs / meanMs)))
    since = now
    peak = underWay
    answers = area = 0
  }

  return {
    current: (): number => limit,
    isReached: (): boolean => underWay >= limit,
    enter: (now: number): void => change(1, now),
    /** @param isAnswered not where a request is only left out for some time */
    leave(now: number, isAnswered: boolean): void {
      change(-1, now)
      if (isAnswered && ++answers >= answersPerWindow && now - since >= windowMs) adjust(now)
    },
  }
}

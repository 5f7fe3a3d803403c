/** The first comparison goes back for this time before the newest message, and further while messages are missed. */
const firstTailMs = 10 * 60_000

/** The clocks of a cluster's servers may differ by this. */
const clockMarginMs = 2 * 60_000

interface Stored {
  /** When the server stored it, in ms since 1970. */
  readonly time: number
}

export interface Anchor extends Stored {
  /** When it was stored, by `performance.now()`. */
  readonly since: number
}

/** @param newest the newest message when the anchor was seen in its place, if there is one after it */
export const anchorAt = <M extends Stored>(message: M, newest: Stored | undefined, now: number) => ({
  ...message,
  since: now - Math.max(0, (newest?.time ?? message.time) - message.time),
})

/**
 * The time down to which a comparison goes at least whose anchor is gone, or that has none. When the broker's clock
 * was set back since, what it has stored after the anchor has earlier times than the anchor.
 * (how-far.test: "reaches all that was stored since its anchor though the broker’s clock was set back")
 */
export function comparesDownTo(newest: Stored, anchor: Anchor | undefined, now: number): number {
  if (!anchor) return newest.time - firstTailMs
  return Math.min(anchor.time, newest.time - (now - anchor.since)) - clockMarginMs
}

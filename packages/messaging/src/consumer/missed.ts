/** How far the broker says that a consumer is. */
export interface ConsumerState {
  /** Up to this sequence everything is acknowledged. */
  readonly ackFloor: number
  /** The consumer stands beyond the end of its stream, so it is not handed what the stream stores up to there. */
  readonly isAhead: boolean
}

export interface Unhandled {
  readonly id: string
  readonly sequence: number
}

/** A message that is delivered and not acknowledged may be in the hands of another replica for this time. */
export const patienceMs = 30_000

/**
 * Decides which of the delivered messages without an effect are missed, so that the broker does not deliver them any
 * more. The others are suspects: they are probably in flight.
 * @param suspectedSince when each suspect of earlier comparisons was found first; it is updated
 */
export function splitMissed<M extends Unhandled>(
  unhandled: readonly M[],
  { ackFloor, isAhead }: ConsumerState,
  suspectedSince: Map<string, number>,
  now: number,
): { readonly missed: M[]; readonly suspects: M[] } {
  const missed: M[] = []
  const suspects: M[] = []
  for (const message of unhandled) {
    const since = suspectedSince.get(message.id) ?? now
    if (isAhead || message.sequence <= ackFloor || now - since >= patienceMs) missed.push(message)
    else {
      suspectedSince.set(message.id, since)
      suspects.push(message)
    }
  }
  return { missed, suspects }
}

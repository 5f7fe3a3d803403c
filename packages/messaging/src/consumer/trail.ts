import type { StreamPosition } from '../nats/stream-reader.ts'

const periodMs = 1000
const maxLength = 600

/**
 * The highest position that this process received in each second since the last comparison. A broker that loses its
 * last messages and stores others under their sequences takes longer than a second for it. So one of these positions
 * is the highest that was lost here, and then it holds another message.
 */
export function openTrail(now = () => performance.now()) {
  let positions: StreamPosition[] = []
  let newest: StreamPosition | undefined
  let endsAt = 0
  return {
    note(sequence: number, id: string): void {
      const at = now()
      if (at >= endsAt) {
        if (newest) positions.push(newest)
        // With more, every second one is enough for what is likely: a loss takes the last seconds.
        if (positions.length > maxLength) positions = positions.filter((_, i) => i % 2 === 1)
        newest = undefined
        endsAt = at + periodMs
      }
      if (!newest || sequence > newest.sequence) newest = { sequence, id }
    },
    /** The positions since the last call. */
    take(): StreamPosition[] {
      const taken = newest ? [...positions, newest] : positions
      positions = []
      newest = undefined
      endsAt = 0
      return taken
    },
  }
}

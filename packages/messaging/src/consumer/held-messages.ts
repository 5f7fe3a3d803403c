import { setImmediate as nextTurn } from 'node:timers/promises'

/** Counts the messages that this replica holds. It pulls no more than fit into its share at that moment. */
export function countHeld(share: () => number) {
  let held = 0
  let wake = () => {}
  return {
    async track(handled: Promise<unknown>): Promise<void> {
      held += 1
      await handled.finally(() => {
        held -= 1
        wake()
      })
    },
    /** Resolves with the number of further messages that fit, when there is room, or `wake` was called. */
    async room(): Promise<number> {
      if (held >= share())
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      // Messages that shared a transaction are done in one turn: one pull replaces them all.
      await nextTurn()
      return Math.max(0, share() - held)
    },
    wake: (): void => wake(),
  }
}

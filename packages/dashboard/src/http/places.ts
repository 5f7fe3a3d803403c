import { openTally } from '@saucery/chassis/async/tally'

export interface PlaceLimits {
  /** Work that is done at once. */
  readonly all: number
  /** Of it, that of one caller. */
  readonly ofCaller: number
  /** Work of one caller, and of all, that waits for a place. */
  readonly waitingOfCaller: number
  readonly waiting: number
  readonly waitMs: number
}

/** No place became free in time, or too many wait for one. */
export class NoPlace extends Error {
  override readonly name = 'NoPlace'
}

/**
 * Runs a limited amount of work at once. A free place goes to the caller who has the fewest, among these to the one who
 * waits longest, so that a greedy caller waits for itself and not others for it.
 */
export function openPlaces(limits: PlaceLimits) {
  const running = openTally()
  const waiting = new Set<{ readonly caller: string; enter(): void }>()
  const mayRun = (caller: string) => running.total() < limits.all && running.of(caller) < limits.ofCaller

  function admitNext(): void {
    const able = [...waiting].filter(({ caller }) => mayRun(caller))
    const fewest = Math.min(...able.map(({ caller }) => running.of(caller)))
    able.find(({ caller }) => running.of(caller) === fewest)?.enter()
  }
  function wait(caller: string): Promise<void> {
    const own = [...waiting].filter((one) => one.caller === caller).length
    if (own >= limits.waitingOfCaller || waiting.size >= limits.waiting) throw new NoPlace()
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer)
        waiting.delete(entry)
      }
      const giveUp = () => {
        leave()
        reject(new NoPlace())
      }
      const entry = {
        caller,
        enter() {
          leave()
          running.change(caller, 1)
          resolve()
        },
      }
      const timer = setTimeout(giveUp, limits.waitMs)
      waiting.add(entry)
    })
  }

  /** @throws NoPlace */
  return async <T>(caller: string, work: () => Promise<T>): Promise<T> => {
    if (mayRun(caller)) running.change(caller, 1)
    else await wait(caller)
    try {
      return await work()
    } finally {
      running.change(caller, -1)
      admitNext()
    }
  }
}

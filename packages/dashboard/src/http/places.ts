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
  const running = new Map<string, number>()
  const waiting = new Set<{ readonly caller: string; enter(): void }>()
  let total = 0
  const runningOf = (caller: string) => running.get(caller) ?? 0
  const mayRun = (caller: string) => total < limits.all && runningOf(caller) < limits.ofCaller

  function add(caller: string, change: 1 | -1): void {
    total += change
    const count = runningOf(caller) + change
    if (count === 0) running.delete(caller)
    else running.set(caller, count)
  }
  function admitNext(): void {
    const able = [...waiting].filter(({ caller }) => mayRun(caller))
    const fewest = Math.min(...able.map(({ caller }) => runningOf(caller)))
    able.find(({ caller }) => runningOf(caller) === fewest)?.enter()
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
          add(caller, 1)
          resolve()
        },
      }
      const timer = setTimeout(giveUp, limits.waitMs)
      waiting.add(entry)
    })
  }

  /** @throws NoPlace */
  return async <T>(caller: string, work: () => Promise<T>): Promise<T> => {
    if (mayRun(caller)) add(caller, 1)
    else await wait(caller)
    try {
      return await work()
    } finally {
      add(caller, -1)
      admitNext()
    }
  }
}

import { openTally } from '../async/tally.ts'
import { type ConcurrencyLimitOptions, openConcurrencyLimit } from './concurrency-limit.ts'

/** The service has more requests than it can answer in time. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
  readonly code = 'OVERLOADED'
}

/** What an admitted request occupies until its answer begins. */
export interface WorkPlace {
  /** Does not count until `resume`: the request has not arrived whole. */
  pause(): void
  resume(): void
  /** Gives the place back, once. */
  leave(): void
}

interface Queued {
  readonly caller: string
  readonly since: number
  admit(): void
  refuse(): void
}

/** A burst may wait for this time. */
const patienceMs = 500
/** A queue that has not been empty for this time is no burst: one who has his share is refused at once. */
const burstMs = 250
const expireEveryMs = 50

/**
 * Admits requests for work: as many at once as are answered in time. More wait in a short queue, where those of the
 * caller with the fewest under way come first, and who has his share already is refused first.
 */
export function openAdmission(options: ConcurrencyLimitOptions, now = () => performance.now()) {
  const limit = openConcurrencyLimit(options)
  const underWay = openTally()
  const queue: Queued[] = []
  let queuedSince = 0
  let timer: NodeJS.Timeout | undefined

  /** A caller who has as many under way as everyone gets when the limit is shared equally. */
  const hasShare = (caller: string) =>
    underWay.of(caller) >= limit.current() / (underWay.keys() + (underWay.of(caller) > 0 ? 0 : 1))

  function occupy(caller: string): WorkPlace {
    let counts = false
    let isOpen = true
    function count(): void {
      if (counts || !isOpen) return
      counts = true
      limit.enter(now())
      underWay.change(caller, 1)
    }
    function release(isAnswered: boolean): void {
      if (!counts) return
      counts = false
      limit.leave(now(), isAnswered)
      underWay.change(caller, -1)
      while (queue.length > 0 && !limit.isReached()) remove(firstInLine())?.admit()
    }
    count()
    return {
      pause: () => release(false),
      resume: count,
      leave() {
        isOpen = false
        release(true)
      },
    }
  }

  function firstInLine(): number {
    let first = 0
    for (const [i, { caller }] of queue.entries())
      if (underWay.of(caller) < underWay.of(queue[first]?.caller ?? '')) first = i
    return first
  }

  function remove(index: number): Queued | undefined {
    const [removed] = queue.splice(index, 1)
    if (queue.length === 0) {
      clearInterval(timer)
      timer = undefined
    }
    return removed
  }

  function expire(): void {
    while (queue[0] && now() - queue[0].since >= patienceMs) remove(0)?.refuse()
  }

  const isQueueFull = () => queue.length >= options.max
  const isOverloaded = () => isQueueFull() || (queue.length > 0 && now() - queuedSince >= burstMs)

  /** Whether a request of the caller would be refused now: cheap to ask before anything else is done for it. */
  const refuses = (caller = ''): boolean => isOverloaded() && hasShare(caller)

  return {
    refuses,
    limit: limit.current,
    underWay: underWay.total,
    queued: () => queue.length,
    /** @throws Overloaded */
    async enter(caller = ''): Promise<WorkPlace> {
      if (queue.length === 0 && !limit.isReached()) return occupy(caller)
      if (refuses(caller)) throw new Overloaded()
      if (isQueueFull()) {
        const greedy = queue.findLastIndex((it) => hasShare(it.caller))
        if (greedy === -1) throw new Overloaded()
        remove(greedy)?.refuse()
      }
      if (queue.length === 0) queuedSince = now()
      timer ??= setInterval(expire, expireEveryMs).unref()
      return new Promise((resolve, reject) => {
        queue.push({
          caller,
          since: now(),
          admit: () => resolve(occupy(caller)),
          refuse: () => reject(new Overloaded()),
        })
      })
    },
  }
}

export type Admission = ReturnType<typeof openAdmission>

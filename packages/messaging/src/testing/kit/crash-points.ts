import type { Broker } from '../../nats/connection.ts'
import type { Database } from '../../postgres/database.ts'

/** Thrown at the point where the process crashes, and at whatever it still tries to do. */
export class Crashed extends Error {
  override readonly name = 'Crashed'
}

/** The points at which one life of a process can end. Each is passed by its name; the second time as `name #2`. */
export interface CrashPoints {
  at(point: string): void
  /** The function with the points `before <what>` and `after <what>`. */
  around<A extends unknown[], R>(what: string, run: (...args: A) => Promise<R>): (...args: A) => Promise<R>
  /** The database of the process, with the points `before the transaction`, `before the commit`, `after the commit`. */
  database(db: Database): Database
  /** The broker of the process, with the points `before publishing` and `after publishing`. */
  broker<B extends Broker>(broker: B): B
}

export interface CrashTest<W extends AsyncDisposable> {
  /** What outlives the process: its stores. A new one for each point. */
  open(): Promise<W>
  /** One life of the process, from its start to the end of its work. Called a second time it is the restart. */
  run(world: W, points: CrashPoints): Promise<unknown>
  /** What must be true in the end, wherever the process crashed. */
  check(world: W, point: string): unknown
}

/**
 * Runs the work once to see which points it passes; then once for each of them until it crashes there, and again as
 * after a restart. After the crash the process does nothing more: its database and its broker refuse.
 * @returns the points, so that a test can tell that they were all that it meant
 * @throws when the work passes no point, or another number of points the second time
 */
export async function crashAtEachPoint<W extends AsyncDisposable>(test: CrashTest<W>): Promise<string[]> {
  const first = pointsOf(undefined)
  await inWorld(test, 'no crash', (world) => test.run(world, first))
  if (first.passed.length === 0) throw new Error('the work passes no crash point')
  for (const point of first.passed)
    await inWorld(test, point, async (world) => {
      const points = pointsOf(point)
      // How the work ends is its own affair: a consumer gives the message back, a server answers 500.
      await test.run(world, points).catch((error) => {
        if (!points.hasCrashed()) throw error
      })
      if (!points.hasCrashed()) throw new Error(`the second time the work did not pass "${point}"`)
      await test.run(world, pointsOf(undefined))
    })
  return first.passed
}

async function inWorld<W extends AsyncDisposable>(
  { open, check }: CrashTest<W>,
  point: string,
  live: (world: W) => Promise<unknown>,
): Promise<void> {
  await using world = await open()
  await live(world)
  try {
    await check(world, point)
  } catch (cause) {
    throw new Error(`after a crash ${point}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

/** @param crashesAt undefined for a life without a crash */
function pointsOf(crashesAt: string | undefined) {
  const passed: string[] = []
  const times = new Map<string, number>()
  let hasCrashed = false

  function refuseIfCrashed(): void {
    if (hasCrashed) throw new Crashed(`the process has crashed ${crashesAt}`)
  }

  function at(point: string): void {
    refuseIfCrashed()
    const count = (times.get(point) ?? 0) + 1
    times.set(point, count)
    const name = count === 1 ? point : `${point} #${count}`
    passed.push(name)
    hasCrashed = name === crashesAt
    refuseIfCrashed()
  }

  const points: CrashPoints = {
    at,
    around:
      (what, run) =>
      async (...args) => {
        at(`before ${what}`)
        const result = await run(...args)
        at(`after ${what}`)
        return result
      },
    database(db) {
      const transaction: Database['transaction'] = async (run, config) => {
        at('before the transaction')
        const result = await db.transaction(async (tx) => {
          const inside = await run(tx)
          at('before the commit')
          return inside
        }, config)
        at('after the commit')
        return result
      }
      return withMembers(db, { transaction }, refuseIfCrashed)
    },
    broker: (broker) => ({ ...broker, publish: points.around('publishing', broker.publish) }),
  }
  return { ...points, passed, hasCrashed: () => hasCrashed }
}

/** The object with some other members. Methods are called on the object itself, after `beforeEach`. */
function withMembers<T extends object>(object: T, members: Partial<T>, beforeEach: () => void): T {
  return new Proxy(object, {
    get(target, name) {
      if (name in members) return members[name as keyof T]
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        beforeEach()
        return member.apply(target, args)
      }
    },
  })
}

import assert from 'node:assert/strict'
import { eventually } from '@saucery/messaging/testing/eventually'
import { type SentStatement, watchTraffic } from '@saucery/messaging/testing/postgres-traffic'

interface Replica {
  readonly participant: { stop(): Promise<void> }
}

interface Service extends Replica {
  readonly postgresUrl: string
  replica(intervals: object): Promise<Replica>
}

/** Marks and sweeps of the outbox come by the clock: on a slow machine, one with each piece of work. */
const isPeriodic = ({ text }: SentStatement) =>
  /update "outbox" set|"outbox"[\s\S]*for update skip locked/.test(text)

/** Counts what a service sends to Postgres. */
export function watchService(service: Service) {
  const traffic = watchTraffic(service.postgresUrl)
  const all: SentStatement[] = []
  function take(leftOut?: typeof isPeriodic) {
    const { statements, writes, roundTrips, bytes } = traffic.take(leftOut)
    all.push(...statements)
    const counts = { statements: statements.length, writes: writes.length, roundTrips }
    return { ...counts, kilobytes: Math.ceil(bytes / 1024) }
  }
  return {
    /** The least that the work takes on connections that have prepared its statements, beside the sweeps and marks. */
    async leastOf(work: () => Promise<unknown>) {
      for (let i = 0; i < 20; i++) await work()
      take()
      const counts: ReturnType<typeof take>[] = []
      for (let i = 0; i < 10; i++) {
        await work()
        counts.push(take(isPeriodic))
      }
      const least = (figure: keyof ReturnType<typeof take>) => Math.min(...counts.map((one) => one[figure]))
      const [statements, writes] = [least('statements'), least('writes')]
      return { statements, writes, roundTrips: least('roundTrips'), kilobytes: least('kilobytes') }
    },
    /** What the test itself asks the database. */
    async unwatched<T>(ask: () => Promise<T>): Promise<T> {
      take()
      const answer = await ask()
      traffic.take()
      return answer
    },
    /** Every statement so far, and those that a replica runs again and again. Then the service stops. */
    async allStatements(): Promise<SentStatement[]> {
      const busy = await service.replica({ pruneEveryMs: 100, compareEveryMs: 100 })
      const periodic = [
        /^\s*delete from "outbox"/,
        /^\s*delete from "requests|^\s*delete from "dead_letters/,
        /distinct on/,
      ]
      await eventually(() => {
        take()
        for (const text of periodic)
          assert.ok(
            all.some((sent) => text.test(sent.text)),
            String(text),
          )
      })
      // The stream has nothing of what the tables are filled with: a comparison would publish it.
      await Promise.all([service, busy].map(({ participant }) => participant.stop()))
      return all
    },
    [Symbol.dispose]: traffic[Symbol.dispose],
  }
}

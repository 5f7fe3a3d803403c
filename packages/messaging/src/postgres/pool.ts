import { openPostgresConnection, type PostgresConnection } from './connection.ts'
import {
  type DriverOptions,
  type DrizzleClient,
  laterStatement,
  type SentQuery,
  type Statement,
} from './driver.ts'
import { runTransaction } from './transaction.ts'

/** Connections, and the transactions that wait for one. */
export type PoolState = Readonly<Record<'size' | 'open' | 'inUse' | 'waiting', number>>

interface PoolLimits {
  readonly connections: number
  readonly silentMs: number
  /** How long a connection is used; by default 30 to 60 minutes, so that not all end at once. */
  lifeMs?(): number
}

interface Member {
  readonly connection: PostgresConnection
  /** A transaction has it. */
  isTaken: boolean
  idleSince: number
  /** Then it is renewed: behind a balancer, a new server gets its share. */
  readonly endsAt: number
}

interface Waiting {
  readonly isTransaction: boolean
  start(member: Member): void
  refuse(error: Error): void
}

/** Statements under way on a shared connection. */
const maxPipelined = 100
const closeMs = 5000
const longLife = () => (30 + Math.random() * 30) * 60_000

/**
 * Keeps connections to a server, each made when it is needed. A transaction has one for itself, and all other
 * statements share what is left. What waits is served in its order.
 */
export function openPool(options: DriverOptions, { connections, silentMs, lifeMs = longLife }: PoolLimits) {
  const members = new Set<Member>()
  const queue: Waiting[] = []
  let lostAt = Number.NEGATIVE_INFINITY
  let closing: { isIdle(): void } | undefined
  let closed: Promise<void> | undefined
  // An idle connection ends properly before it would count as silent.
  const idleMs = silentMs / 2
  const sweeper = setInterval(endIdle, idleMs / 4)
  sweeper.unref()

  function add(): Member {
    // After a loss the server may be away: so soon it is not asked again.
    const delayMs = Math.max(0, lostAt + 100 + Math.random() * 100 - performance.now())
    const connection = openPostgresConnection(options, { silentMs, delayMs })
    const endsAt = performance.now() + lifeMs()
    const member = { connection, isTaken: false, idleSince: performance.now(), endsAt }
    connection.onLost(() => {
      lostAt = performance.now()
      members.delete(member)
      serve()
    })
    members.add(member)
    return member
  }

  /** For a transaction only one that nothing is under way on. */
  function memberFor({ isTransaction }: Pick<Waiting, 'isTransaction'>): Member | undefined {
    // Else idle ones that have ended would keep their places, and nothing would come to make room.
    for (const member of members) if (isIdle(member) && hasEnded(member)) retire(member)
    const usable = [...members].filter((member) => !member.isTaken && !hasEnded(member))
    const idle = usable.find(({ connection }) => connection.underWay() === 0)
    if (idle) return idle
    if (members.size < connections) return add()
    const [first, ...others] = isTransaction ? [] : usable
    if (!first) return undefined
    const least = others.reduce((a, b) => (b.connection.underWay() < a.connection.underWay() ? b : a), first)
    return least.connection.underWay() < maxPipelined ? least : undefined
  }

  /**
   * Starts the work at once or when its turn has come, and in the same call as it chooses the connection: else a
   * transaction could take that in between, and the statement would become part of it.
   */
  function whenServed(work: Waiting): void {
    const member = !closing && queue.length === 0 && memberFor(work)
    if (closing) work.refuse(poolClosed())
    else if (member) work.start(member)
    else queue.push(work)
  }

  function serve(): void {
    for (let next = queue[0]; next; next = queue[0]) {
      const member = memberFor(next)
      if (!member) return
      queue.shift()
      next.start(member)
    }
    if (closing && [...members].every(isIdle)) closing.isIdle()
  }

  function release(member: Member): void {
    member.idleSince = performance.now()
    serve()
  }

  function retire(member: Member): void {
    members.delete(member)
    void member.connection.end()
  }

  function endIdle(): void {
    const before = performance.now() - idleMs
    for (const member of members) if (isIdle(member) && member.idleSince < before) retire(member)
  }

  return {
    options,
    unsafe(text: string, parameters: unknown[] = []): Statement {
      let sent: SentQuery | undefined
      const served = new Promise<() => SentQuery>((resolve, refuse) =>
        whenServed({
          isTransaction: false,
          start(member) {
            try {
              const query = member.connection.send(text, parameters)
              sent = query
              const ended = () => release(member)
              query.then(ended, ended)
              resolve(() => query)
            } catch (error) {
              refuse(error)
            }
          },
          refuse,
        }),
      )
      return sent ?? laterStatement(served)
    },
    begin<T>(run: (tx: DrizzleClient) => Promise<T>): Promise<T> {
      return new Promise((resolve, refuse) =>
        whenServed({
          isTransaction: true,
          start(member) {
            member.isTaken = true
            runTransaction(member.connection, options, run)
              .finally(() => {
                member.isTaken = false
                release(member)
              })
              .then(resolve, refuse)
          },
          refuse,
        }),
      )
    },
    state(): PoolState {
      const all = [...members]
      return {
        size: connections,
        open: all.filter(({ connection }) => connection.isOpen()).length,
        inUse: all.filter((member) => !isIdle(member)).length,
        waiting: queue.filter(({ isTransaction }) => isTransaction).length,
      }
    },
    /** Takes nothing new, and waits up to 5 s for what has begun or waits. */
    close: (): Promise<void> => (closed ??= close()),
  }

  async function close(): Promise<void> {
    clearInterval(sweeper)
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((isIdle) => {
      closing = { isIdle }
      timer = setTimeout(isIdle, closeMs)
      serve()
    })
    clearTimeout(timer)
    for (const { refuse } of queue.splice(0)) refuse(poolClosed())
    await Promise.all([...members].map(({ connection }) => connection.end()))
    members.clear()
  }
}

const isIdle = ({ isTaken, connection }: Member): boolean => !isTaken && connection.underWay() === 0

const hasEnded = ({ endsAt, connection }: Member): boolean =>
  performance.now() >= endsAt || connection.isSpent()

const poolClosed = (): Error =>
  Object.assign(new Error('the pool of the database is closed'), { code: 'CONNECTION_ENDED' })

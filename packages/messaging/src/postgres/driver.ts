import { lookup } from 'node:dns'
import { connect, type LookupFunction, type Socket } from 'node:net'
import type postgres from 'postgres'

/** Everything that this package uses of postgres.js 3.4.9 and of drizzle-orm 0.45.4 without their types' consent. */

/** What a pool is doing. Kept by `untypedOptions` and `prepared`: postgres.js does not tell. */
export interface PoolUse {
  /** Of connections that are open, or being opened, and of some that were closed. */
  readonly sockets: Set<Socket>
  /** Transactions that have a connection. */
  transactions: number
  /** Transactions that wait for a connection. */
  waiting: number
  /** Statements outside transactions without an answer yet: many may share a connection. */
  statements: number
}

export const unusedPool = (): PoolUse => ({
  sockets: new Set(),
  transactions: 0,
  waiting: 0,
  statements: 0,
})

/** Not counted by its sockets' events: postgres.js removes their listeners when it starts TLS. */
export function openIn({ sockets }: PoolUse): number {
  for (const socket of sockets) if (socket.destroyed) sockets.delete(socket)
  return sockets.size
}

/** Options of postgres.js that its types do not have. */
export const untypedOptions = (silentMs: number, use = unusedPool()): object => ({
  socket(server: Address) {
    const socket = openSocket(server, silentMs)
    use.sockets.add(socket)
    openIn(use)
    return socket
  },
  // In seconds. The default waits up to 20 s before it reconnects, long after the server is back.
  backoff: () => 0.1 + Math.random() / 10,
})

/** The part of its options that postgres.js passes to `socket`. */
interface Address {
  readonly path?: string | undefined
  readonly host: readonly string[]
  readonly port: readonly number[]
}

const checks = 4

/**
 * Connects to a server, and gives up when the server has sent nothing for `silentMs`. TCP alone would wait a quarter
 * of an hour for a machine that is gone.
 * (database.int.test: "gives up on a server that has gone silent")
 */
function openSocket({ path, host: [host], port: [port] }: Address, silentMs: number): Socket {
  const socket = path ? connect(path) : connectLater(String(host), Number(port))
  // postgres.js reads the name that the TLS certificate is for from the socket.
  Object.assign(socket, { host, port })
  let read = 0
  let silentChecks = 0
  // Not the socket's own timeout: postgres.js removes the socket's listeners when it starts TLS.
  const timer = setInterval(() => {
    if (socket.destroyed) return clearInterval(timer)
    silentChecks = socket.bytesRead > read ? 0 : silentChecks + 1
    read = socket.bytesRead
    if (silentChecks >= checks)
      socket.destroy(Object.assign(new Error('the server is silent'), { code: 'ETIMEDOUT' }))
  }, silentMs / checks)
  timer.unref()
  return socket
}

/**
 * Connects in a later turn of the event loop. Node connects to an address, unlike to a name, in the same turn. If
 * there is no route, that fails before postgres.js listens for errors, and would end the process.
 * (database.int.test: "survives that there is no route to the server")
 */
function connectLater(host: string, port: number): Socket {
  const lookupLater: LookupFunction = (_, options, found) => setImmediate(() => lookup(host, options, found))
  return connect({ host: 'looked-up-later', port, lookup: lookupLater })
}

/**
 * Whether the rows that a statement finds depend on a limit. The best index for it depends on the values: a kept plan
 * could read all orders to find a few of a rare status. It is planned anew each time.
 * (plans.int.test: "costs of many what it costs of 10,000, …")
 */
const hasLimit = (text: string): boolean => /\blimit \$/.test(text)

/**
 * The part of a client that drizzle uses, with prepared statements. Drizzle sends raw statements unprepared. With
 * postgres.js that costs one more round trip each, and they are not pipelined.
 *
 * Statements start in the order of the calls. What a transaction sends before it first waits leaves with its `begin`,
 * which can still fail: that must only read. What it does not wait for leaves with its `commit`, and if it fails, the
 * transaction rejects.
 * (transactions.int.test: "sends the statements of a transaction in two writes, however long they are")
 * (transactions.int.test: "rejects a transaction whose last statement fails, though the transaction does not wait for it")
 * (unit-of-work.int.test: "writes nothing before it knows that its transaction has begun")
 */
export function prepared<C extends postgres.Sql | postgres.TransactionSql>(client: C, use?: PoolUse): C {
  const unsafe: C['unsafe'] = (text, parameters = []) => {
    const query = client.unsafe(text, parameters, { prepare: parameters.length > 0 && !hasLimit(text) })
    query.execute()
    if (use) countUntilEnd(use, 'statements', query)
    return query as never
  }
  const nested = (name: 'begin' | 'savepoint') => (run: Run) =>
    (client as unknown as Record<string, (run: Run) => unknown>)[name]?.((tx) => run(prepared(tx)))
  const { options } = client as postgres.Sql
  const begin = (run: Run) => (use ? counted(use, nested('begin'), run) : nested('begin')(run))
  return { options, unsafe, begin, savepoint: nested('savepoint') } as unknown as C
}

function countUntilEnd(use: PoolUse, what: 'statements' | 'transactions', work: PromiseLike<unknown>): void {
  use[what]++
  const ended = () => void use[what]--
  work.then(ended, ended)
}

type Run = (tx: postgres.TransactionSql) => unknown

/** A transaction waits until postgres.js calls it with a connection; it may fail before that. */
function counted(use: PoolUse, begin: (run: Run) => unknown, run: Run): Promise<unknown> {
  let isWaiting = true
  const endWait = () => {
    if (isWaiting) use.waiting--
    isWaiting = false
  }
  use.waiting++
  const transaction = begin((tx) => {
    endWait()
    countUntilEnd(use, 'transactions', transaction)
    return run(tx)
  }) as Promise<unknown>
  transaction.then(endWait, endWait)
  return transaction
}

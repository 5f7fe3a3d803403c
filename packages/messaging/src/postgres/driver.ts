import { lookup } from 'node:dns'
import { connect, type LookupFunction, type Socket } from 'node:net'
import type postgres from 'postgres'

/** Everything that this package uses of postgres.js 3.4.9 and of drizzle-orm 0.45.4 without their types' consent. */

/** Options of postgres.js that its types do not have. */
export const untypedOptions = (silentMs: number): object => ({
  socket: (server: Address) => openSocket(server, silentMs),
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
export function prepared<C extends postgres.Sql | postgres.TransactionSql>(client: C): C {
  const unsafe: C['unsafe'] = (text, parameters = []) => {
    const query = client.unsafe(text, parameters, { prepare: parameters.length > 0 && !hasLimit(text) })
    query.execute()
    return query as never
  }
  const nested = (name: 'begin' | 'savepoint') => (run: (tx: postgres.TransactionSql) => unknown) =>
    (client as unknown as Record<string, (run: unknown) => unknown>)[name]?.((tx: postgres.TransactionSql) =>
      run(prepared(tx)),
    )
  const { options } = client as postgres.Sql
  return { options, unsafe, begin: nested('begin'), savepoint: nested('savepoint') } as unknown as C
}

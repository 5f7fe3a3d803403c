import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { openSocket, PostgresAddress } from './socket.ts'

/**
 * Everything that this package uses of postgres.js 3.4.9 and of drizzle-orm 0.45.4 without their types' consent.
 *
 * postgres.js connects again by itself, and sends what is left of a transaction on the new connection, where each
 * statement is committed alone. So each client here has one connection in its life: what it cannot send on that one it
 * does not send. (connection.ts makes them, transaction.ts uses one for a transaction, pool.ts keeps some.)
 */

/** A statement of postgres.js that is being sent. */
export interface SentQuery extends Promise<AnsweredQuery> {
  /** Makes its rows arrays. Before the turn of the event loop ends. */
  values(): SentQuery
  reject(error: Error): void
}

export type AnsweredQuery = unknown[] & { readonly command: string }

/** What drizzle needs of a statement: rows as objects, or as arrays when `values` is called before the turn ends. */
export type Statement = Promise<unknown> & { values(): Promise<unknown> }

/** What drizzle uses of a client. */
export interface DrizzleClient {
  readonly options: object
  unsafe(text: string, parameters?: unknown[]): Statement
  begin?<T>(run: (tx: DrizzleClient) => Promise<T>): Promise<T>
  savepoint?<T>(run: (tx: DrizzleClient) => Promise<T>): Promise<T>
}

/** Options that all clients of a pool share, as postgres.js has read them. Drizzle changes how they read and write values. */
export type DriverOptions = PostgresAddress & {
  readonly serializers: Record<string, (value: unknown) => unknown>
  readonly parsers: object
}

export function drizzleOn(client: DrizzleClient & { readonly options: DriverOptions }) {
  const db = drizzle({ client: client as unknown as postgres.Sql })
  const { serializers } = client.options
  // A serializer that throws, or returns no text, would leave postgres.js in an unknown state.
  for (const [type, serialize] of Object.entries(serializers))
    serializers[type] = (value) => {
      try {
        return String(serialize(value))
      } catch {
        return String(value)
      }
    }
  return db
}

/** @param options with the time limits of the server; not how many connections there are, and how long they live */
export function driverOptions(url: string, options: object): DriverOptions {
  const { hostname, port } = new URL(url)
  // postgres.js takes `[` for the host of `[::1]`.
  const address = hostname.startsWith('[') && { host: [hostname.slice(1, -1)], port: [Number(port || 5432)] }
  return postgres(url, {
    ...options,
    ...address,
    max: 1,
    connect_timeout: 5,
    onnotice: () => {},
    // No statement has array parameters. A connection lost while postgres.js reads their types would end the process.
    // (database.int.test: "survives connections that are reset before they have done anything")
    fetch_types: false,
    // Else it reads PGTARGETSESSIONATTRS, and throws for `any`, the default of libpq. `openDriver` takes it away.
    target_session_attrs: 'primary',
  } as never).options as unknown as DriverOptions
}

/** @param connectOnce is called again when postgres.js tries to reconnect: then it must throw */
export function openDriver(
  options: DriverOptions,
  events: { connectOnce(): Promise<ReturnType<typeof openSocket>>; onClosed(): void },
): postgres.Sql {
  const { host, port } = options
  const own = {
    ...options,
    // With a second host, it would not report that it cannot connect to the first one.
    host: host.slice(0, 1),
    port: port.slice(0, 1),
    target_session_attrs: undefined,
    // A statement that is sent to a connection just as it ends of old age would be refused. The pool ends them.
    idle_timeout: null,
    max_lifetime: null,
    socket: events.connectOnce,
    onclose: events.onClosed,
  }
  // It takes options that it has read itself as they are.
  return postgres(own as never) as unknown as postgres.Sql
}

/**
 * Whether the rows that a statement finds depend on a limit. The best index for it depends on the values: a kept plan
 * could read all orders to find a few of a rare status. It is planned anew each time.
 * (plans.int.test: "costs of many what it costs of 10,000, …")
 */
const hasLimit = (text: string): boolean => /\blimit \$/.test(text)

/**
 * Sends a statement, prepared if it has parameters. Drizzle would send raw ones unprepared, which costs one more round
 * trip each, and would not pipeline them.
 */
export function sendQuery(client: postgres.Sql, text: string, parameters: unknown[]): SentQuery {
  const isPrepared = parameters.length > 0 && !hasLimit(text)
  const query = client.unsafe(text, parameters as never[], { prepare: isPrepared }).execute()
  return Object.defineProperty(query, 'retried', neverRepeated) as never
}

/**
 * postgres.js repeats a prepared statement whose table has changed. Behind the end of its transaction that would commit
 * the statement alone; in a transaction that has failed the connection would hang; and of others that are under way
 * on the connection the answers would be mixed up. So it is told that the statement is cancelled, and the error stays.
 * (lost-transactions.int.test: "nothing is committed when its last statement has a plan that is out of date")
 */
const neverRepeated: PropertyDescriptor & ThisType<SentQuery & { cancelled: boolean }> = {
  get: () => undefined,
  set(error: Error) {
    this.cancelled = true
    this.reject(error)
  },
}

/** Whether the plan of a prepared statement is of no use any longer. */
export const isPlanOutdated = (error: unknown): boolean =>
  error instanceof postgres.PostgresError && outdated.has(error.routine)

const outdated = new Set(['FetchPreparedStatement', 'RevalidateCachedQuery', 'transformAssignedExpr'])

/** Whether the server has answered so. Whatever else rejects a statement leaves postgres.js in an unknown state. */
export const isAnswer = (error: unknown): boolean => error instanceof postgres.PostgresError

/** Whether a statement was refused because another one of its transaction had failed. */
export const isAborted = (error: unknown): boolean =>
  [error, (error as Error).cause].some((it) => it instanceof postgres.PostgresError && it.code === '25P02')

export const refusedStatement = (error: unknown): Statement => laterStatement(Promise.reject(error))

/** A statement that is sent later, or never. */
export function laterStatement(sent: Promise<() => SentQuery>): Statement {
  let isRaw = false
  const answer = sent.then((send) => (isRaw ? send().values() : send()))
  return Object.assign(answer, {
    values() {
      isRaw = true
      return answer
    },
  })
}

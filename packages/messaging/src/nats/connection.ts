import { ErrorCode, NatsError } from 'nats'
import { type EventKeys, eventSigner, eventVerifier } from '../events/signature.ts'
import type { Log } from '../log.ts'
import type { CertificateFiles } from '../tls/certificate-files.ts'
import { connectWithOneSocket, type DialOptions, pauseBetweenDials, retryRefusedLogins } from './driver.ts'
import { openStreamPublisher } from './stream-publisher.ts'
import { brokerTls, dialFailureOf } from './tls.ts'

export interface BrokerLogin {
  /** `nats://host:port`, or several, separated by commas; without credentials. `tls://` demands TLS. */
  readonly url: string
  /** The service's name. Its inboxes (`_INBOX_<name>`) and its durable consumers have it too. */
  readonly name: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** Certificates for TLS, which they demand. */
  readonly tls?: CertificateFiles
}

export interface BrokerOptions extends BrokerLogin {
  /** Without them it can neither publish events nor accept any. */
  readonly keys?: EventKeys
  readonly log: Log
}

/** A connection that reconnects until it is closed. */
export type Broker = Readonly<Awaited<ReturnType<typeof connectBroker>>>

/** Connects once, and rejects when that fails. */
export const connectOnce = (login: BrokerLogin, options: DialOptions = {}) =>
  connectWithOneSocket({
    servers: login.url.split(','),
    name: login.name,
    inboxPrefix: `_INBOX_${login.name}`,
    ...(login.user === undefined ? {} : { user: login.user, pass: login.password ?? '' }),
    ...brokerTls(login.url, login.tls),
    ...options,
  })

/** Connects. Waits for a server that is not up yet, but rejects at once if the server refuses the credentials. */
export async function connectBroker({ keys = { trusted: {} }, log, ...login }: BrokerOptions) {
  const { name } = login
  const connection = await connectOnce(login, {
    onDialFailed: dialFailures(log),
    maxReconnectAttempts: -1,
    // Not the same for all services: they do not all dial at once.
    reconnectDelayHandler: pauseBetweenDials(250 + Math.random() * 100),
    waitOnFirstConnect: true,
    timeout: 5000,
    // A silent server is given up after the third ping, within 9 s.
    pingInterval: 3000,
    maxPingOut: 2,
    noAsyncTraces: true,
  })
  retryRefusedLogins(connection)
  const reconnected = new Set<() => void>()
  let connected = true
  void (async () => {
    for await (const { type, data } of connection.status()) {
      if (type === 'disconnect') {
        connected = false
        log.warn({ server: data }, 'broker disconnected')
      } else if (type === 'reconnect') {
        connected = true
        log.info({ server: data }, 'broker reconnected')
        for (const run of reconnected) run()
      } else if (type === 'error') log.error({ error: data }, 'broker reported an error')
    }
  })()
  let closing = false
  const lostForGood = new Promise<void>((resolve) => {
    void connection.closed().then((error) => {
      if (closing) return
      log.error({ error }, 'broker connection closed for good')
      resolve()
    })
  })
  const options = { timeout: 5000 }
  const isConnected = () => connected && !connection.isClosed()
  return {
    name,
    connection,
    js: connection.jetstream(options),
    publish: openStreamPublisher(connection, name, options.timeout),
    jsm: await connection.jetstreamManager({ ...options, checkAPI: false }),
    /** Undefined without a key to sign with. */
    sign: eventSigner(keys),
    verify: eventVerifier(keys),
    isConnected,
    /** Resolves if the client gives up the connection: nothing but a new process has one again. */
    lostForGood,
    /** @returns ends it */
    onReconnect(run: () => void): () => void {
      reconnected.add(run)
      return () => void reconnected.delete(run)
    },
    /** Sends what is buffered if the broker is connected, then closes. */
    async close(): Promise<void> {
      closing = true
      if (isConnected()) await connection.drain()
      // If the broker does not answer, `drain` leaves the connection open.
      if (!connection.isClosed()) await connection.close()
    },
  }
}

const repeatedAfterMs = 10_000

/** Logs why no server can be reached; the same reason at most every 10 s. */
function dialFailures(log: Log) {
  const logged = new Set<string>()
  let since = Number.NEGATIVE_INFINITY
  return (server: string, error: Error): void => {
    if (performance.now() - since > repeatedAfterMs) {
      logged.clear()
      since = performance.now()
    }
    const reason = dialFailureOf(error)
    if (!logged.has(reason)) log.warn({ server, reason }, 'broker cannot be reached')
    logged.add(reason)
  }
}

const { Timeout, NoResponders, Disconnect, ConnectionClosed, ConnectionDraining } = ErrorCode
const outages = new Set<string>([Timeout, NoResponders, Disconnect, ConnectionClosed, ConnectionDraining])

/** Whether the broker did not answer, so that a retry can succeed. */
export const isBrokerOutage = (error: unknown): boolean =>
  error instanceof NatsError && outages.has(error.code)

import { ErrorCode, NatsError } from 'nats'
import { type EventKeys, eventSigner, eventVerifier } from '../events/signature.ts'
import type { Log } from '../log.ts'
import { connectWithOneSocket, pauseBetweenDials, retryRefusedLogins } from './driver.ts'

export interface BrokerOptions {
  /** `nats://host:port`, or several, separated by commas; without credentials. */
  readonly url: string
  /** The service's name. Its inboxes (`_INBOX_<name>`) and its durable consumers have it too. */
  readonly name: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** Without them it can neither publish events nor accept any. */
  readonly keys?: EventKeys
  readonly log: Log
}

/** A connection that reconnects until it is closed. */
export type Broker = Readonly<Awaited<ReturnType<typeof connectBroker>>>

/** Connects. Waits for a server that is not up yet, but rejects at once if the server refuses the credentials. */
export async function connectBroker({
  url,
  name,
  user,
  password,
  keys = { trusted: {} },
  log,
}: BrokerOptions) {
  const connection = await connectWithOneSocket({
    servers: url.split(','),
    name,
    inboxPrefix: `_INBOX_${name}`,
    ...(user === undefined ? {} : { user, pass: password ?? '' }),
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
  const reconnected: (() => void)[] = []
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
    jsm: await connection.jetstreamManager({ ...options, checkAPI: false }),
    /** Undefined without a key to sign with. */
    sign: eventSigner(keys),
    verify: eventVerifier(keys),
    isConnected,
    /** Resolves if the client gives up the connection: nothing but a new process has one again. */
    lostForGood,
    onReconnect: (run: () => void): void => void reconnected.push(run),
    /** Sends what is buffered if the broker is connected, then closes. */
    async close(): Promise<void> {
      closing = true
      if (isConnected()) await connection.drain()
      // If the broker does not answer, `drain` leaves the connection open.
      if (!connection.isClosed()) await connection.close()
    },
  }
}

const { Timeout, NoResponders, Disconnect, ConnectionClosed, ConnectionDraining } = ErrorCode
const outages = new Set<string>([Timeout, NoResponders, Disconnect, ConnectionClosed, ConnectionDraining])

/** Whether the broker did not answer, so that a retry can succeed. */
export const isBrokerOutage = (error: unknown): boolean =>
  error instanceof NatsError && outages.has(error.code)

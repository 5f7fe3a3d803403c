import {
  connect,
  ErrorCode,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
} from 'nats'
import type { Log } from './log.ts'

export interface BrokerOptions {
  /** `nats://host:port`, several with commas; without credentials. */
  readonly url: string
  /** The service: names the connection, its inboxes (`_INBOX_<name>`) and its durables. */
  readonly name: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly log: Log
}

/** A connection that comes back by itself for as long as it is not closed. */
export interface Broker {
  readonly name: string
  readonly connection: NatsConnection
  readonly js: JetStreamClient
  readonly jsm: JetStreamManager
  isConnected(): boolean
  /** Runs after every reconnect. */
  onReconnect(run: () => void): void
  /** Sends what is in hand, then closes. */
  close(): Promise<void>
}

/** Connects, waiting for a server that is not there yet; refused credentials are an error at once. */
export async function connectBroker({ url, name, user, password, log }: BrokerOptions): Promise<Broker> {
  const connection = await connect({
    servers: url.split(','),
    name,
    inboxPrefix: `_INBOX_${name}`,
    ...(user === undefined ? {} : { user, pass: password ?? '' }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: true,
    pingInterval: 10_000,
    noAsyncTraces: true,
  })
  const reconnected: (() => void)[] = []
  let connected = true
  void (async () => {
    for await (const { type, data } of connection.status()) {
      if (type === 'disconnect') {
        connected = false
        log.warn({ server: data }, 'broker lost')
      } else if (type === 'reconnect') {
        connected = true
        log.info({ server: data }, 'broker back')
        for (const run of reconnected) run()
      } else if (type === 'error') log.error({ error: data }, 'broker refused')
    }
  })()
  let closing = false
  void connection.closed().then((error) => {
    // Refused twice for its credentials, the client gives up, and with it every consumer.
    if (!closing) log.error({ error }, 'broker lost for good')
  })
  const options = { timeout: 5000 }
  return {
    name,
    connection,
    js: connection.jetstream(options),
    jsm: await connection.jetstreamManager({ ...options, checkAPI: false }),
    isConnected: () => connected && !connection.isClosed(),
    onReconnect: (run) => reconnected.push(run),
    close() {
      closing = true
      return connection.drain()
    },
  }
}

const outageCodes = new Set<string>([
  ErrorCode.Timeout,
  ErrorCode.NoResponders,
  ErrorCode.Disconnect,
  ErrorCode.ConnectionClosed,
  ErrorCode.ConnectionDraining,
])

/** Whether the broker did not answer: waiting helps. */
export const isBrokerOutage = (error: unknown): boolean =>
  error instanceof NatsError && outageCodes.has(error.code)

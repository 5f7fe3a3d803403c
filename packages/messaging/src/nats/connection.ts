import {
  type ConnectionOptions,
  connect,
  ErrorCode,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
} from 'nats'
import type { Log } from '../log.ts'

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
  /** Sends what is in hand, if the broker is there, then closes. */
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
  bearWithRefusals(connection)
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
    if (!closing) log.error({ error }, 'broker lost for good')
  })
  const options = { timeout: 5000 }
  const isConnected = () => connected && !connection.isClosed()
  return {
    name,
    connection,
    js: connection.jetstream(options),
    jsm: await connection.jetstreamManager({ ...options, checkAPI: false }),
    isConnected,
    onReconnect: (run) => reconnected.push(run),
    async close() {
      closing = true
      if (isConnected()) await connection.drain()
      // A drain that the broker does not answer leaves it open.
      if (!connection.isClosed()) await connection.close()
    },
  }
}

/**
 * Refused twice in a row, the client would give up for good, and with it every consumer. From the start that is right;
 * later it is a server with half its settings, and whoever works without the broker goes on meanwhile.
 * (connection.int.test: "comes back to a server that has refused it for a while")
 */
function bearWithRefusals(connection: NatsConnection): void {
  const { options } = connection as unknown as { options: ConnectionOptions }
  options.ignoreAuthErrorAbort = true
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

import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import type { ConnectionOptions, ConsumerMessages, NatsConnection, Subscription } from 'nats'
import { connect } from 'nats'
import transports from 'nats/lib/src/node_transport.js'

/** Everything that this package uses of nats.js without its types' consent, as of version 2.29.3. */

/**
 * The client's transport, with one socket at most. The client's own leaves the socket of a dial that timed out open.
 * When the server answers that late and closes it, the client takes this for the loss of its present connection, dials
 * once more, and feeds one parser from two sockets: messages come twice, and some in pieces.
 * (frozen-broker.int.test: "has one socket and loses no event when the server answers its dials late")
 */
export class OneSocketTransport extends transports.NodeTransport {
  /** Reports why a server cannot be reached: nats.js tells nobody, and tries for ever. */
  override async connect(server: Server, options: DialOptions): Promise<void> {
    const name = `${server.hostname}:${server.port}`
    const report = (error: unknown) => void (error instanceof Error && options.onDialFailed?.(name, error))
    // A server that wants another client certificate refuses it only after the handshake.
    void this.closed().then(report)
    await super.connect(server, options).catch((error) => {
      report(error)
      throw error
    })
  }

  /**
   * For an IP address nats.js names no host, and Node would check the certificate for `localhost`.
   * (tls.int.test: "refuses a certificate …, says so, and is reached when it is the right one")
   */
  override startTLS() {
    const tls = { ...this.options.tls, host: this.socket.remoteAddress }
    this.options = { ...this.options, tls }
    return super.startTLS()
  }

  /** Keeps the socket from the first moment, so that it can be closed before the server accepts it. */
  override async dial({ hostname, port }: { hostname: string; port: number }): Promise<Socket> {
    this.socket = createConnection({ host: hostname, port, noDelay: true })
    await once(this.socket, 'connect')
    return this.socket
  }

  /** The client gives up the dial, or the connection: it needs no notice. */
  override async close(): Promise<void> {
    this.done = true
    this.socket?.destroy()
  }

  /** The client dials again. */
  override discard(): void {
    void this.close()
  }

  /**
   * The client gives up a silent server, and dials again. Its own transport first waits until the server has taken
   * what was written, which a silent server never does.
   * (frozen-broker.int.test: "gives up a silent server although much is written to it")
   */
  override disconnect(): void {
    void super.close()
  }

  /** The client stops reading at what it cannot parse, and keeps the socket. */
  override async *iterate() {
    try {
      yield* super.iterate()
    } finally {
      this.disconnect()
    }
  }
}

type Server = Parameters<InstanceType<typeof transports.NodeTransport>['connect']>[0]

/** nats.js hands its transports the very options that it was given. */
export interface DialOptions extends ConnectionOptions {
  onDialFailed?(server: string, error: Error): void
}

/**
 * For `reconnectDelayHandler`, which the client asks before each dial for the pause since the last dial of that server.
 * It measures the pause by the wall clock: when that is set back by two hours, it would wait for two hours. Less than
 * no pause makes it dial whatever the clock says.
 * (connection.int.test: "reconnects within seconds though the clock was set back")
 */
export function pauseBetweenDials(ms: number): () => number {
  let dialledAt = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - dialledAt < ms) return ms
    dialledAt = performance.now()
    return Number.NEGATIVE_INFINITY
  }
}

export function connectWithOneSocket(options: DialOptions): Promise<NatsConnection> {
  const exported: { NodeTransport: unknown } = transports
  exported.NodeTransport = OneSocketTransport
  return connect(options)
}

/**
 * Keeps a connection alive when the server refuses its credentials. nats.js gives up for good after two refusals in a
 * row, and takes this option only if it is passed to `connect`, where it would also hide wrong credentials at the
 * start. Later, a refusal means a server that has only half of its configuration.
 * (connection.int.test: "reconnects to a server that has refused it for a while")
 */
export function retryRefusedLogins(connection: NatsConnection): void {
  privateParts(connection).options.ignoreAuthErrorAbort = true
}

/**
 * Ends a pull, and still delivers the messages that are on their way. The client's own `stop` drops them, so that no
 * replica would get them before their ack wait is over.
 * (participant.int.test: "leaves nothing half done when it stops")
 * @returns false if the pull's subscription is already closed
 */
export function drainPull(pull: ConsumerMessages): boolean {
  const { sub } = pullParts(pull)
  if (sub.isClosed()) return false
  void sub.drain()
  return true
}

/**
 * Leaves the end of a pull to the server, which says that the request has expired after its last message. The client's own
 * timer runs out a twentieth later: in a busy process it drops messages that have arrived, and are not read yet. When it
 * misses heartbeats the client requests again, and takes the end of either request for the end of both.
 */
export function endByServer(pull: ConsumerMessages): void {
  const { timeout, monitor } = pullParts(pull)
  timeout?.cancel()
  monitor?.cancel()
}

/** How many messages the pull's subscription has received, heartbeats included. */
export const receivedBy = (pull: ConsumerMessages): number => pullParts(pull).sub.getReceived()

export const privateParts = (connection: NatsConnection) =>
  connection as unknown as {
    readonly options: ConnectionOptions
    readonly protocol: { readonly transport: unknown }
  }

export const pullParts = (pull: ConsumerMessages) =>
  pull as unknown as {
    readonly sub: Subscription
    readonly timeout: { cancel(): void } | null
    readonly monitor: { cancel(): void } | null
  }

import type { ConnectionOptions, ConsumerMessages, NatsConnection, Subscription } from 'nats'

/** Everything that this package uses of nats.js without its types' consent, as of version 2.29.3. */

/**
 * Keeps a connection alive when the server refuses its credentials. nats.js gives up for good after two refusals in a
 * row, and takes this option only if it is passed to `connect`, where it would also hide wrong credentials at the
 * start. Later, a refusal means a server that has only half of its configuration.
 * (connection.int.test: "comes back to a server that has refused it for a while")
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

export const privateParts = (connection: NatsConnection) =>
  connection as unknown as { readonly options: ConnectionOptions }

export const pullParts = (pull: ConsumerMessages) => pull as unknown as { readonly sub: Subscription }

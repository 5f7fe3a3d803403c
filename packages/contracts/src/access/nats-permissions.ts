import { choreography, type Service, streams, subscriptionsOf } from '../choreography.ts'
import { durablesInUse, removableDurables } from '../projection-durables.ts'

export interface Permissions {
  readonly publish: string[]
  readonly subscribe: string[]
}

// A request that waits for its payment listens on the replica that it came to, whichever one consumes the event.
const overheard: Partial<Record<Service, string[]>> = { order: ['payments.*.*'] }

// Whoever listens to the live feed hears of every event, whichever replica has consumed it. No consumer for that: who
// may make one of any name may use everybody's.
const readsStreams: ReadonlySet<Service> = new Set(['dashboard'])

/**
 * What a service's NATS user may do: publish its own events and dead letters, read dead letters, and use its own
 * consumers.
 *
 * It may look up messages of its own stream, to see whether all is there that it said.
 * It may make its own stream and the dead letters again when they are gone, but change or delete neither: a
 * stream's `republish` could say in another's name. Changing is for the `provisioner`.
 */
export function permissionsOf(service: Service): Permissions {
  const { stream } = choreography[service]
  return {
    publish: [
      ...(stream
        ? [`${stream.toLowerCase()}.>`, ...useOfStream(stream), `$JS.API.DIRECT.GET.${stream}`]
        : []),
      ...useOfStream('DEAD_LETTERS'),
      `dead-letters.${service}.>`,
      // Reads only. The server asks no more than the stream: whose letter it is, the service itself looks at.
      '$JS.API.DIRECT.GET.DEAD_LETTERS',
      ...subscriptionsOf(service).flatMap((subscription) => [
        ...useOfDurables(service, subscription.stream),
        ...(readsStreams.has(service) ? [`$JS.API.DIRECT.GET.${subscription.stream}`] : []),
      ]),
    ],
    subscribe: [`_INBOX_${service}.>`, ...(overheard[service] ?? [])],
  }
}

/** The user that makes and changes streams, before the services start; no service has its password. */
export const provisionerPermissions: Permissions = {
  publish: [
    '$JS.API.INFO',
    ...[...streams.map(({ name }) => name), 'DEAD_LETTERS'].flatMap((name) => [
      ...useOfStream(name),
      `$JS.API.STREAM.UPDATE.${name}`,
    ]),
  ],
  subscribe: ['_INBOX_provisioner.>'],
}

/**
 * Whoever reads and replays the streams by hand: makes and deletes any consumer, and publishes again what was published.
 * May change or delete no stream and no message, and acknowledge nothing in a service's name.
 */
export const operatorPermissions: Permissions = {
  publish: [
    '$JS.API.INFO',
    '$JS.API.STREAM.NAMES',
    '$JS.API.STREAM.LIST',
    ...streams.flatMap(({ subjects }) => subjects),
    ...[...streams.map(({ name }) => name), 'DEAD_LETTERS'].flatMap(readingOf),
  ],
  subscribe: ['_INBOX_operator.>'],
}

function readingOf(stream: string): string[] {
  return [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}.>`,
    ...['CREATE', 'DELETE', 'INFO', 'MSG.NEXT'].map((verb) => `$JS.API.CONSUMER.${verb}.${stream}.>`),
    `$JS.API.CONSUMER.NAMES.${stream}`,
    `$JS.API.CONSUMER.LIST.${stream}`,
  ]
}

// A declaration, not a constant: the provisioner's list above calls it while this module loads.
function useOfStream(stream: string): string[] {
  return [`$JS.API.STREAM.CREATE.${stream}`, `$JS.API.STREAM.INFO.${stream}`]
}

// What a projection leaves behind is for the dashboard to remove: documents of a version, and their consumers.
function useOfDurables(service: Service, stream: string): string[] {
  if (service !== 'dashboard') return useOfConsumer(stream, service)
  return [
    ...durablesInUse.flatMap((durable) => useOfConsumer(stream, durable)),
    ...removableDurables.map((durable) => `$JS.API.CONSUMER.DELETE.${stream}.${durable}`),
  ]
}

function useOfConsumer(stream: string, consumer: string): string[] {
  const of = `${stream}.${consumer}`
  return [
    `$JS.API.CONSUMER.CREATE.${of}`,
    // With one filter the server wants it as a further token.
    `$JS.API.CONSUMER.CREATE.${of}.>`,
    // With several filters the client still asks in the older form.
    `$JS.API.CONSUMER.DURABLE.CREATE.${of}`,
    `$JS.API.CONSUMER.INFO.${of}`,
    `$JS.API.CONSUMER.MSG.NEXT.${of}`,
    `$JS.ACK.${of}.>`,
    // Servers from 2.15 put the domain and a hash of the account first (ADR-15, token version 2). Every further
    // token is spelled out: `*.*.${of}.>` would also match nine tokens, an older ack of anybody's consumer.
    `$JS.ACK.*.*.${of}.*.*.*.*.>`,
  ]
}

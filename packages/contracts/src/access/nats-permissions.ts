import { choreography, publishers, type Service, streams, subscriptionsOf } from '../choreography.ts'
import { durablesInUse, removableDurables } from '../projection-durables.ts'
import { deadLetterNotices } from './notices.ts'

export interface SubjectPermissions {
  readonly publish: string[]
  readonly subscribe: string[]
}

// A request that waits for its payment subscribes on its own replica; another replica may consume the event.
// The dashboard tells operators of settled dead letters on the live feed.
const coreSubscriptions: Partial<Record<Service, string[]>> = {
  order: ['payments.*.*'],
  dashboard: [deadLetterNotices('*')],
}

// The live feed of each replica reads every event. It uses no consumers for that: a user who may create consumers of
// any name may use those of every service.
const readsStreams: ReadonlySet<Service> = new Set(['dashboard'])

// Reports the lag of a service that does not answer. To see it is not to use it: it receives and acknowledges nothing.
const readsLagOfOthers: ReadonlySet<Service> = new Set(['dashboard'])

const allStreams = [...streams.map(({ name }) => name), 'DEAD_LETTERS']

const useOfStream = (stream: string) => [`$JS.API.STREAM.CREATE.${stream}`, `$JS.API.STREAM.INFO.${stream}`]

const readingOf = (stream: string) => [
  `$JS.API.STREAM.INFO.${stream}`,
  `$JS.API.STREAM.MSG.GET.${stream}`,
  `$JS.API.DIRECT.GET.${stream}`,
  `$JS.API.DIRECT.GET.${stream}.>`,
  ...['CREATE', 'DELETE', 'INFO', 'MSG.NEXT'].map((verb) => `$JS.API.CONSUMER.${verb}.${stream}.>`),
  `$JS.API.CONSUMER.NAMES.${stream}`,
  `$JS.API.CONSUMER.LIST.${stream}`,
]

/**
 * What a service's NATS user may do: publish its own events and dead letters, read dead letters, and use its own
 * consumers.
 *
 * It may look up messages of its own stream, to reconcile its outbox with it, and of those that it consumes, to find
 * what it was not handed: its consumers may read all of them, too. It may create its own stream and the
 * dead letters when they are gone, but neither change nor delete them: a stream's `republish` could publish in
 * another service's name. Only the `provisioner` changes streams.
 */
export function permissionsOf(service: Service): SubjectPermissions {
  const { stream } = choreography[service]
  return {
    publish: [
      ...(stream ? [`${stream.toLowerCase()}.>`, ...useOfStream(stream), ...lookupsIn(stream)] : []),
      ...useOfStream('DEAD_LETTERS'),
      `dead-letters.${service}.>`,
      deadLetterNotices(service),
      // The server checks the stream's name only; the service itself skips the letters of others.
      ...lookupsIn('DEAD_LETTERS'),
      ...subscriptionsOf(service).flatMap((subscription) => [
        ...useOfDurables(service, subscription.stream),
        `$JS.API.STREAM.INFO.${subscription.stream}`,
        `$JS.API.STREAM.MSG.GET.${subscription.stream}`,
        ...(readsStreams.has(service) ? [`$JS.API.DIRECT.GET.${subscription.stream}`] : []),
      ]),
      ...(readsLagOfOthers.has(service) ? lagOfOthers(service) : []),
    ],
    subscribe: [`_INBOX_${service}.>`, ...(coreSubscriptions[service] ?? [])],
  }
}

/** The user that creates and changes streams before the services start; no service has its password. */
export const provisionerPermissions: SubjectPermissions = {
  publish: [
    '$JS.API.INFO',
    ...allStreams.flatMap((name) => [...useOfStream(name), `$JS.API.STREAM.UPDATE.${name}`]),
  ],
  subscribe: ['_INBOX_provisioner.>'],
}

/**
 * The user who reads and replays streams by hand: creates and deletes any consumer, and publishes events again.
 * Changes and deletes no stream and no message, and acknowledges nothing in a service's name.
 */
export const operatorPermissions: SubjectPermissions = {
  publish: [
    '$JS.API.INFO',
    '$JS.API.STREAM.NAMES',
    '$JS.API.STREAM.LIST',
    ...streams.flatMap(({ subjects }) => subjects),
    ...allStreams.flatMap(readingOf),
  ],
  subscribe: ['_INBOX_operator.>'],
}

// From any server of a cluster, and from the stream's leader.
function lookupsIn(stream: string): string[] {
  return [`$JS.API.DIRECT.GET.${stream}`, `$JS.API.STREAM.MSG.GET.${stream}`]
}

const lagOfOthers = (observer: Service) =>
  publishers
    .filter((service) => service !== observer)
    .flatMap((service) =>
      subscriptionsOf(service).map(({ stream }) => `$JS.API.CONSUMER.INFO.${stream}.${service}`),
    )

// The dashboard deletes the consumers of projections that it no longer serves.
function useOfDurables(service: Service, stream: string): string[] {
  if (service !== 'dashboard') return useOfDurable(stream, service)
  return [
    ...durablesInUse.flatMap((durable) => useOfDurable(stream, durable)),
    ...removableDurables.flatMap(withLane).map((durable) => `$JS.API.CONSUMER.DELETE.${stream}.${durable}`),
  ]
}

/** Beside a backlog, a second consumer delivers what is new. */
const withLane = (durable: string) => [durable, `${durable}-express`]

const useOfDurable = (stream: string, durable: string) =>
  withLane(durable).flatMap((consumer) => useOfConsumer(stream, consumer))

function useOfConsumer(stream: string, consumer: string): string[] {
  const of = `${stream}.${consumer}`
  return [
    `$JS.API.CONSUMER.CREATE.${of}`,
    // With one filter, the client appends it as further tokens.
    `$JS.API.CONSUMER.CREATE.${of}.>`,
    // With several filters, the client uses the older subject.
    `$JS.API.CONSUMER.DURABLE.CREATE.${of}`,
    `$JS.API.CONSUMER.INFO.${of}`,
    `$JS.API.CONSUMER.MSG.NEXT.${of}`,
    `$JS.ACK.${of}.>`,
    // Servers from 2.15 put the domain and a hash of the account first (ADR-15, token version 2). Every further
    // token is spelled out: `*.*.${of}.>` would also match nine tokens, an older ack of any service's consumer.
    `$JS.ACK.*.*.${of}.*.*.*.*.>`,
  ]
}

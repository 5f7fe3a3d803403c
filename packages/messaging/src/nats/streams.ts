import type { JetStreamManager, StreamConfig, StreamInfo } from 'nats'
import { AckPolicy, DeliverPolicy, DiscardPolicy, NatsError, nanos, RetentionPolicy, StorageType } from 'nats'

export interface StreamSpec {
  readonly name: string
  readonly subjects: readonly string[]
}

/** The stream of the messages that could not be handled. */
export const deadLettersStream: StreamSpec = { name: 'DEAD_LETTERS', subjects: ['dead-letters.>'] }

const streamConfig = ({ name, subjects }: StreamSpec, replicas: number): Partial<StreamConfig> => ({
  name,
  subjects: [...subjects],
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  num_replicas: replicas,
  deny_delete: true,
  deny_purge: true,
  duplicate_window: nanos(10 * 60_000),
  allow_direct: true,
})

/**
 * Creates the stream if it does not exist, and leaves an existing one as it is.
 * @returns its creation time as ISO 8601 with milliseconds: of more digits, Postgres would round what `Date` cuts off
 */
export async function ensureStream(jsm: JetStreamManager, spec: StreamSpec, replicas: number) {
  try {
    return streamCreatedAt(await jsm.streams.add(streamConfig(spec, replicas)))
  } catch (error) {
    if (!hasErrorCode(error, streamNameInUse)) throw error
    return streamCreatedAt(await jsm.streams.info(spec.name))
  }
}

/**
 * Creates the stream, or updates an existing one. Needs the permissions of the provisioner.
 * @throws an error that names the stream if a difference, its storage for example, cannot be changed
 */
export async function provisionStream(jsm: JetStreamManager, spec: StreamSpec, replicas: number) {
  await ensureStream(jsm, spec, replicas)
  try {
    await jsm.streams.update(spec.name, streamConfig(spec, replicas))
  } catch (cause) {
    throw new Error(`stream ${spec.name} cannot be changed to what is wanted: ${String(cause)}`, { cause })
  }
}

export const streamCreatedAt = ({ created }: StreamInfo): string => new Date(created).toISOString()

export interface ConsumerSpec {
  readonly stream: string
  readonly durable: string
  readonly filters: string[]
  /** Of the filters: raised with each change of them. Default: 1. */
  readonly version?: number
  /** Begins there, unless it exists; the server removes it when no one has pulled from it for `unusedMs`. */
  readonly express?: { readonly startSequence: number; readonly unusedMs: number }
  /** The broker redelivers an unacknowledged message after this time. */
  readonly ackWaitMs: number
  /** The largest number of unacknowledged messages, over all replicas of the service. */
  readonly maxAckPending: number
}

/**
 * Creates the durable pull consumer, which begins at the first message, or updates an existing one.
 *
 * Replicas of several versions share it during a deploy. The consumer carries the version of its filters: an older
 * replica leaves the consumer of a newer one as it is, or adds filters to it, and only a newer one removes any. An
 * event whose filter is missing when it is published is never delivered.
 * (streams.int.test: "keeps the filters of a newer version when an older replica restarts")
 */
export async function ensureConsumer(jsm: JetStreamManager, spec: ConsumerSpec): Promise<void> {
  const { stream, durable, filters, version = 1, ackWaitMs, maxAckPending, express } = spec
  const own = {
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: maxAckPending,
    metadata: { [filtersVersion]: String(version) },
    ...filterConfig(filters),
  }
  try {
    await jsm.consumers.add(stream, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      // The processor counts the tries. A message that the server gives up on would be dropped silently.
      max_deliver: -1,
      ...own,
      ...(express && {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: express.startSequence,
        inactive_threshold: nanos(express.unusedMs),
      }),
    })
  } catch (error) {
    if (!hasErrorCode(error, consumerExists)) throw error
    // Another replica has opened the lane.
    if (express) return
    const { config } = await jsm.consumers.info(stream, durable)
    const existing = [config.filter_subject ?? config.filter_subjects ?? []].flat()
    const isOlder = version < Number(config.metadata?.[filtersVersion] ?? 0)
    const missing = filters.filter((filter) => !existing.includes(filter))
    if (isOlder && missing.length === 0) return
    const change = isOlder ? filterConfig([...existing, ...missing]) : { ...own, max_deliver: -1 }
    await jsm.consumers.update(stream, durable, { ...noFilters, ...change })
  }
}

/** In the consumer's metadata, which servers from 2.10 on keep. */
const filtersVersion = 'filters-version'

const filterConfig = (filters: string[]) =>
  filters.length === 1 ? { filter_subject: String(filters[0]) } : { filter_subjects: filters }

// The client merges an update with the existing configuration. The server refuses one filter beside several.
// (streams.int.test: "is created once by concurrent replicas, and updated when its configuration changes")
const noFilters: object = { filter_subject: undefined, filter_subjects: undefined }

/** @returns undefined when the consumer, or its stream, does not exist */
export const consumerInfo = (jsm: JetStreamManager, stream: string, durable: string) =>
  unlessNotFound(jsm.consumers.info(stream, durable))

/** Deletes a durable consumer if it exists. */
export const removeConsumer = (jsm: JetStreamManager, stream: string, durable: string) =>
  unlessNotFound(jsm.consumers.delete(stream, durable))

/**
 * The server answers that a consumer is deleted before it has removed its state. A consumer that is created again
 * sooner can inherit that state, and would begin after the messages that the old one handled (seen with 2.15).
 */
export const removalDelayMs = 1500

export const unlessNotFound = <T>(found: Promise<T>): Promise<T | undefined> =>
  found.catch((error) => {
    if (notFound.some((code) => hasErrorCode(error, code))) return undefined
    throw error
  })

const streamNameInUse = 10058
// With another configuration. With the same one it is no error.
const consumerExists = 10148
/** A consumer, a message, a stream. */
const notFound = [10014, 10037, 10059]

const hasErrorCode = (error: unknown, code: number): boolean =>
  error instanceof NatsError && error.api_error?.err_code === code

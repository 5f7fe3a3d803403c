import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from 'nats'

const minute = 60_000

/** The stream that holds messages which could not be handled. */
export const deadLettersStream = { name: 'DEAD_LETTERS', subjects: ['dead-letters.>'] }

export interface StreamSpec {
  readonly name: string
  readonly subjects: readonly string[]
}

function streamConfig({ name, subjects }: StreamSpec, replicas: number): Partial<StreamConfig> {
  return {
    name,
    subjects: [...subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    num_replicas: replicas,
    deny_delete: true,
    deny_purge: true,
    duplicate_window: nanos(10 * minute),
    allow_direct: true,
  }
}

/**
 * Makes the stream if it is not there; an existing one is left as it is.
 * @returns when it was made, ISO 8601 with milliseconds: Postgres would round what JavaScript cuts off
 */
export async function ensureStream(
  jsm: JetStreamManager,
  spec: StreamSpec,
  replicas: number,
): Promise<string> {
  try {
    return streamCreatedAt(await jsm.streams.add(streamConfig(spec, replicas)))
  } catch (error) {
    if (!isApiError(error, streamNameInUse)) throw error
    return streamCreatedAt(await jsm.streams.info(spec.name))
  }
}

/**
 * Makes the stream, or changes what can be changed of an existing one: needs the rights of a provisioner.
 * What cannot be changed (its storage, say) is an error that names the stream.
 */
export async function provisionStream(
  jsm: JetStreamManager,
  spec: StreamSpec,
  replicas: number,
): Promise<void> {
  await ensureStream(jsm, spec, replicas)
  try {
    await jsm.streams.update(spec.name, streamConfig(spec, replicas))
  } catch (error) {
    throw new Error(`stream ${spec.name} cannot be changed to what is wanted: ${String(error)}`, {
      cause: error,
    })
  }
}

export interface ConsumerSpec {
  readonly stream: string
  readonly durable: string
  readonly filters: string[]
  /** An unacknowledged message comes again after this. */
  readonly ackWaitMs: number
  /** Unacknowledged messages at most, over all replicas. */
  readonly maxAckPending: number
}

/** Makes the durable pull consumer, from the first message on, or changes what can be changed of an existing one. */
export async function ensureConsumer(jsm: JetStreamManager, spec: ConsumerSpec): Promise<void> {
  const config: Partial<ConsumerConfig> = {
    durable_name: spec.durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(spec.ackWaitMs),
    max_ack_pending: spec.maxAckPending,
    // How often is the handler's decision: what the server gives up on, nobody would see.
    max_deliver: -1,
    ...(spec.filters.length === 1
      ? { filter_subject: spec.filters[0] as string }
      : { filter_subjects: spec.filters }),
  }
  try {
    await jsm.consumers.add(spec.stream, config)
  } catch (error) {
    if (!isApiError(error, consumerExists)) throw error
    await jsm.consumers.update(spec.stream, spec.durable, { ...noFilters, ...config })
  }
}

/** What the server knows of a durable consumer; undefined when it, or its stream, is not there. */
export async function consumerInfo(
  jsm: JetStreamManager,
  stream: string,
  durable: string,
): Promise<ConsumerInfo | undefined> {
  try {
    return await jsm.consumers.info(stream, durable)
  } catch (error) {
    if (isNotThere(error)) return undefined
    throw error
  }
}

/** Removes a durable consumer, if it is there. */
export async function removeConsumer(jsm: JetStreamManager, stream: string, durable: string): Promise<void> {
  try {
    await jsm.consumers.delete(stream, durable)
  } catch (error) {
    if (!isNotThere(error)) throw error
  }
}

/**
 * The server answers that a consumer is deleted before it has removed its state. A consumer that is created again
 * sooner can inherit that state, and would begin after the messages that the old one handled (seen with 2.15).
 */
export const removalDelayMs = 1500

// An update is merged with what is there: one filter beside several would be refused.
// (streams.int.test: "is made once by all replicas, and changed when it is wanted otherwise")
const noFilters: object = { filter_subject: undefined, filter_subjects: undefined }

/** When a stream was made, as `ensureStream` tells it. */
export const streamCreatedAt = ({ created }: StreamInfo): string => new Date(created).toISOString()

const streamNameInUse = 10058
// With another configuration; with the same one it is no error.
const consumerExists = 10148

const consumerNotFound = 10014
const streamNotFound = 10059

/** Whether an error says that the consumer or its stream is gone. */
const isNotThere = (error: unknown): boolean =>
  isApiError(error, consumerNotFound) || isApiError(error, streamNotFound)

const isApiError = (error: unknown, code: number): boolean =>
  error instanceof NatsError && error.api_error?.err_code === code

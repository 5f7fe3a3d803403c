/** Tries of a message that failed since the last write. */
export interface FailedTries {
  /** As its dead letter would have. */
  readonly id: string
  readonly key: string
  /** The event's name, or the subject of a message that has none. */
  readonly event: string
  readonly eventId: string
  readonly stream: string
  readonly streamSequence: number
  readonly tries: number
  readonly error: string
  /** From the last failure to the next try, in ms. */
  readonly delayMs: number
}

/** A message that failed and is tried again, as the service's own store has it. Times are ISO 8601. */
export interface FailingMessage extends Omit<FailedTries, 'key' | 'delayMs'> {
  readonly failedAt: string
  readonly nextTryAt: string
}

/** The failing messages of one service, in its own store: so each of its replicas knows those of all. */
export interface FailingStore {
  /** Adds the tries to those that the store has of the same messages. */
  add(failed: readonly FailedTries[]): Promise<void>
  remove(ids: readonly string[]): Promise<void>
  /** The newest first. */
  ofKey(key: string, limit: number): Promise<FailingMessage[]>
}

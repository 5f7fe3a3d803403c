import type { Fact } from '../events/event.ts'
import type { ConsumerOptions } from './consumer.ts'

/** Resolves when it is done with one message, or with the event that was read from the message. */
export type Handler<M> = (message: M) => Promise<unknown>

/** Adds one concern to a handler. The processor composes the policies. */
export type Policy<M> = (next: Handler<M>) => Handler<M>

export type PolicyOptions<F extends Fact = Fact> = Required<ConsumerOptions<F>> & {
  /** Aborts when the consumer stops: from then on no policy waits. */
  readonly stopping: AbortSignal
}

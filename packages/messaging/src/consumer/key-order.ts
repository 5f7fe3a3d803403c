import { keyedQueue } from '../async/keyed-queue.ts'
import { type Fact, keyOf, type ReceivedEvent } from '../events/event.ts'
import type { Policy } from './policy.ts'

/** Handles the events of one key one after another. All handlers that this policy wraps share its queues. */
export function keyOrderPolicy<F extends Fact>(): Policy<ReceivedEvent<F>> {
  const enqueue = keyedQueue()
  return (next) => (event) => enqueue(keyOf(event.subject), () => next(event))
}

import type { AnyFact } from '@saucery/contracts/choreography'
import { type Event, type ReceivedEvent, record } from '@saucery/messaging/events/event'
import { newTrace } from '@saucery/messaging/events/trace-context'

/** The fact as an event that somebody recorded now. */
export const recorded = <F extends AnyFact>(fact: F): Event<F> =>
  record(fact, { id: 'a-test', traceparent: newTrace() }, new Date())

/** The same as a consumer would hand it over. */
export const received = <F extends AnyFact>(fact: F): ReceivedEvent<F> =>
  Object.assign(recorded(fact), { stream: String(fact.subject.split('.')[0]).toUpperCase(), sequence: 1 })

import type { Heard } from '@saucery/contracts/choreography'
import type { ReceivedEvent } from '@saucery/messaging/event'
import type { ViewStore } from './store.ts'
import { entryOf } from './view.ts'

/** The dashboard says nothing: every event becomes an entry in its order's view. */
export const reactions = (views: ViewStore) => (event: ReceivedEvent<Heard<'dashboard'>>) =>
  views.add({ orderId: event.data.orderId, entry: entryOf(event) })

import { pollEveryMs } from '@saucery/chassis/async/due-work'
import { openWaitPlaces } from '@saucery/chassis/http/wait-places'
import { boot } from '@saucery/chassis/lifecycle/boot'
import { choreography } from '@saucery/contracts/choreography'
import { openWatermark } from '@saucery/messaging/consumer/watermark'
import { orderApi } from './api.ts'
import { cancelOverdue } from './deadlines.ts'
import { openBreaker } from './payment-wait/breaker.ts'
import { openLateness } from './payment-wait/lateness.ts'
import { openWatches } from './payment-wait/watch.ts'
import { reactions } from './reactions.ts'
import { orderSettings } from './settings.ts'
import { orderAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('order', orderSettings, migrations, orderAggregate)
service.consume(reactions(service))

const deadlineMs = service.settings.PAYMENT_DEADLINE_MS
const { broker, comparedUntil } = service
const consumedUntil = openWatermark(broker, choreography.payment.stream, comparedUntil)
service.runEvery('cancelling overdue orders', pollEveryMs(deadlineMs), (stopping) =>
  cancelOverdue({ ...service, deadlineMs, consumedUntil }, stopping),
)

const breaker = openBreaker(service)
const lateness = openLateness(service.settings)
const watches = openWatches(service)
const waitPlaces = openWaitPlaces(service.settings.WAITING_REQUESTS)

await service.run(orderApi({ ...service, watches, breaker, lateness, waitPlaces }), {
  details: { paymentBreaker: breaker.state },
  onSignal: watches.end,
})

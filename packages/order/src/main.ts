import { pollEveryMs } from '@saucery/chassis/async/due-work'
import { boot } from '@saucery/chassis/lifecycle/boot'
import { choreography, subscriptionsOf } from '@saucery/contracts/choreography'
import { runEvery } from '@saucery/messaging/async/periodic'
import { openWatermark } from '@saucery/messaging/consumer/watermark'
import { orderApi } from './api.ts'
import { cancelOverdue } from './deadlines.ts'
import { openBreaker } from './payment-wait/breaker.ts'
import { openWatches } from './payment-wait/watch.ts'
import { reactions } from './reactions.ts'
import { orderSettings } from './settings.ts'
import { orderAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('order', orderSettings, migrations, orderAggregate)
const { settings, log, db, broker, participant } = service
const { commit } = participant
participant.consume(subscriptionsOf('order'), reactions({ commit }))

const deadlineMs = settings.PAYMENT_DEADLINE_MS
const deadline = { db, commit, deadlineMs, consumedUntil: openWatermark(broker, choreography.payment.stream) }
const overdue = runEvery(
  'cancelling overdue orders',
  pollEveryMs(deadlineMs),
  (stopping) => cancelOverdue(deadline, stopping),
  log,
)

const breaker = openBreaker(service)
const watches = openWatches({ db, broker, commit, log })

await service.run(orderApi({ ...service, commit, watches, breaker }), {
  details: { paymentBreaker: breaker.state },
  onSignal: watches.end,
  stop: [overdue.stop],
})

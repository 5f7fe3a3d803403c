import { pollEveryMs } from '@saucery/chassis/async/due-work'
import { boot } from '@saucery/chassis/lifecycle/boot'
import { choreography, subscriptionsOf } from '@saucery/contracts/choreography'
import { runEvery } from '@saucery/messaging/async/periodic'
import { openWatermark } from '@saucery/messaging/consumer/watermark'
import { orderApi } from './api.ts'
import { cancelOverdue } from './deadlines.ts'
import { openBreaker } from './payment-wait/breaker.ts'
import { openPaymentWait } from './payment-wait/wait.ts'
import { openPaymentWatch } from './payment-wait/watch.ts'
import { reactions } from './reactions.ts'
import { orderSettings } from './settings.ts'
import { orderAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('order', orderSettings, migrations, orderAggregate)
const { settings, log, metrics, db, broker, participant, requireCaller, run } = service
const { commit } = participant
participant.consume(subscriptionsOf('order'), reactions(commit))

const breaker = openBreaker({ settings, metrics, log })
const watch = openPaymentWatch({ db, broker, commit, log })
const waiting = openPaymentWait({ db, commit, watch, breaker })

const deadlineMs = settings.PAYMENT_DEADLINE_MS
const deadline = { db, commit, deadlineMs, consumedUntil: openWatermark(broker, choreography.payment.stream) }
const overdue = runEvery(
  'giving up overdue orders',
  pollEveryMs(deadlineMs),
  (stopping) => cancelOverdue(deadline, stopping),
  log,
)
await run(orderApi({ db, commit, waiting, settings, requireCaller, log }), {
  details: { paymentBreaker: breaker.state },
  onSignal: waiting.end,
  stop: [overdue.stop],
})

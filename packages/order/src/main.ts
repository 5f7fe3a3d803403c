import { lookEveryMs } from '@saucery/chassis/async/due-work'
import { boot } from '@saucery/chassis/lifecycle/boot'
import { stopSignal } from '@saucery/chassis/lifecycle/shutdown'
import { choreography, subscriptionsOf } from '@saucery/contracts/choreography'
import { repeat } from '@saucery/messaging/async/periodic'
import { openHearing } from '@saucery/messaging/consumer/watermark'
import { orderApi } from './api.ts'
import { giveUpOverdue } from './deadlines.ts'
import { openBreaker } from './payment-wait/breaker.ts'
import { openWaiting } from './payment-wait/wait.ts'
import { openWatching } from './payment-wait/watch.ts'
import { reactions } from './reactions.ts'
import { orderSettings } from './settings.ts'
import { orderAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('order', orderSettings, migrations, orderAggregate)
const { settings, log, metrics, db, broker, participant, knowCaller, show, run } = service
const { commit } = participant
participant.listen(subscriptionsOf('order'), reactions(commit))

const breaker = openBreaker({ settings, metrics, log })
show('paymentBreaker', breaker.state)
const watch = openWatching({ db, broker, commit, log })
const waiting = openWaiting({ db, commit, watch, breaker })
void stopSignal().then(waiting.end)

const deadlineMs = settings.PAYMENT_DEADLINE_MS
const deadline = { db, commit, deadlineMs, heardUntil: openHearing(broker, choreography.payment.stream) }
const overdue = repeat(
  'giving up overdue orders',
  lookEveryMs(deadlineMs),
  (stopping) => giveUpOverdue(deadline, stopping),
  log,
)
await run(orderApi({ db, commit, waiting, settings, knowCaller, log }), overdue.stop)

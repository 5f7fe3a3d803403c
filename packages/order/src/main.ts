import { boot } from '@saucery/chassis/boot'
import { lookEveryMs } from '@saucery/chassis/due'
import { stopSignal } from '@saucery/chassis/stopping'
import { choreography, subscriptionsOf } from '@saucery/contracts/choreography'
import { openHearing } from '@saucery/messaging/hearing'
import { repeat } from '@saucery/messaging/repeat'
import { orderApi } from './api.ts'
import { openBreaker } from './breaker.ts'
import { giveUpOverdue } from './deadlines.ts'
import { reactions } from './reactions.ts'
import { orderSettings } from './settings.ts'
import { orderAggregate } from './store.ts'
import { openWaiting } from './waiting.ts'
import { openWatching } from './watching.ts'

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

import { pollEveryMs } from '@saucery/chassis/async/due-work'
import { boot } from '@saucery/chassis/lifecycle/boot'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { runEvery } from '@saucery/messaging/async/periodic'
import { deliveryApi } from './api.ts'
import { completeDue, failOverdue } from './deadlines.ts'
import { reactions } from './reactions.ts'
import { deliverySettings } from './settings.ts'
import { deliveryAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const { settings, log, db, participant, requireCaller, run } = await boot(
  'delivery',
  deliverySettings,
  migrations,
  deliveryAggregate,
)
const { commit } = participant
participant.consume(subscriptionsOf('delivery'), reactions(commit))

const duration = settings.DELIVERY_DURATION_MS
const courier =
  duration === undefined
    ? undefined
    : runEvery(
        'completing deliveries',
        Math.min(1000, 100 + duration / 10),
        (stopping) => completeDue(db, commit, duration, stopping),
        log,
      )
const deadline = settings.DELIVERY_DEADLINE_MS
const watch = runEvery(
  'failing overdue deliveries',
  pollEveryMs(deadline),
  (stopping) => failOverdue(db, commit, deadline, stopping),
  log,
)

await run(deliveryApi({ db, commit, requireCaller, log }), {
  stop: [async () => courier?.stop(), watch.stop],
})

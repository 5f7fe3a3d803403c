import { pollEveryMs } from '@saucery/chassis/async/due-work'
import { boot } from '@saucery/chassis/lifecycle/boot'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { runEvery } from '@saucery/messaging/async/periodic'
import { deliveryApi } from './api.ts'
import { completeDue } from './automatic-courier/courier.ts'
import { failOverdue } from './deadlines.ts'
import { reactions } from './reactions.ts'
import { deliverySettings } from './settings.ts'
import { deliveryAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('delivery', deliverySettings, migrations, deliveryAggregate)
const { settings, log, db, participant } = service
const { commit } = participant
participant.consume(subscriptionsOf('delivery'), reactions({ commit }))

const durationMs = settings.DELIVERY_DURATION_MS
const courier =
  durationMs === undefined
    ? undefined
    : runEvery(
        'completing deliveries',
        Math.min(1000, 100 + durationMs / 10),
        (stopping) => completeDue({ db, commit, durationMs }, stopping),
        log,
      )

const deadlineMs = settings.DELIVERY_DEADLINE_MS
const overdue = runEvery(
  'failing overdue deliveries',
  pollEveryMs(deadlineMs),
  (stopping) => failOverdue({ db, commit, deadlineMs }, stopping),
  log,
)

await service.run(deliveryApi({ ...service, commit }), {
  stop: [async () => courier?.stop(), overdue.stop],
})

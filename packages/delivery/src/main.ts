import { boot } from '@saucery/chassis/boot'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { repeat } from '@saucery/messaging/repeat'
import { deliveryApi } from './api.ts'
import { completeDue } from './automatic-courier.ts'
import { reactions } from './reactions.ts'
import { deliverySettings } from './settings.ts'
import { deliveryAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const { settings, log, db, participant, knowCaller, run } = await boot(
  'delivery',
  deliverySettings,
  migrations,
  deliveryAggregate,
)
const { commit } = participant
participant.listen(subscriptionsOf('delivery'), reactions(commit))

const duration = settings.DELIVERY_DURATION_MS
const courier =
  duration === undefined
    ? undefined
    : repeat(
        'completing deliveries',
        Math.min(1000, 100 + duration / 10),
        () => completeDue(db, commit, duration),
        log,
      )

await run(deliveryApi({ db, commit, knowCaller, log }), async () => courier?.stop())

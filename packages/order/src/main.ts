import { boot } from '@saucery/chassis/boot'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { orderApi } from './api.ts'
import { reactions } from './reactions.ts'
import { orderSettings } from './settings.ts'
import { orderAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const { log, db, participant, knowCaller, run } = await boot(
  'order',
  orderSettings,
  migrations,
  orderAggregate,
)
participant.listen(subscriptionsOf('order'), reactions(participant.commit))
await run(orderApi({ db, commit: participant.commit, knowCaller, log }))

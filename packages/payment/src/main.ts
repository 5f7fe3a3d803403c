import { boot } from '@saucery/chassis/lifecycle/boot'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { paymentApi } from './api.ts'
import { simulatedProvider } from './provider/simulated.ts'
import { reactions } from './reactions.ts'
import { paymentSettings } from './settings.ts'
import { paymentAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('payment', paymentSettings, migrations, paymentAggregate)
const { settings, db, participant } = service
const { commit } = participant
const provider = simulatedProvider(db, {
  limit: settings.PAYMENT_LIMIT,
  delayMs: settings.PAYMENT_DELAY_MS,
  jitterMs: settings.PAYMENT_DELAY_JITTER_MS,
})
participant.consume(subscriptionsOf('payment'), reactions({ commit, provider }))

await service.run(paymentApi(service))

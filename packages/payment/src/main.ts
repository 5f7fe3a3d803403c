import { boot } from '@saucery/chassis/lifecycle/boot'
import { paymentApi } from './api.ts'
import { simulatedProvider } from './provider/simulated.ts'
import { reactions } from './reactions.ts'
import { paymentSettings } from './settings.ts'
import { paymentAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('payment', paymentSettings, migrations, paymentAggregate)
const provider = simulatedProvider(service.db, service.settings)
service.consume(reactions({ ...service, provider }))

await service.run(paymentApi(service))

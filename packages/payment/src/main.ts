import { boot } from '@saucery/chassis/lifecycle/boot'
import { paymentApi } from './api.ts'
import { drawFault, withFaults } from './provider/faults.ts'
import { simulatedProvider } from './provider/simulated.ts'
import { openProviderCalls } from './provider-calls/calls.ts'
import { measureUnknown } from './provider-calls/measure.ts'
import { reactions } from './reactions.ts'
import { paymentSettings } from './settings.ts'
import { paymentAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('payment', paymentSettings, migrations, paymentAggregate)
const { PAYMENT_FAULTS: faults = {} } = service.settings
const provider = withFaults(simulatedProvider(service.db, service.settings), () => drawFault(faults))
const calls = openProviderCalls({ ...service, provider })
service.consume(reactions({ ...service, calls }))
service.runEvery('asking the provider', 500, calls.askDue)
service.runEvery(
  'counting unknown outcomes',
  15_000,
  measureUnknown(service.db, service.metrics, service.log),
  20,
)

await service.run(paymentApi(service))

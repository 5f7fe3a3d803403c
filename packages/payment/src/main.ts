import { boot } from '@saucery/chassis/lifecycle/boot'
import { paymentApi } from './api.ts'
import { drawFault, withFaults } from './provider/faults.ts'
import { simulatedProvider } from './provider/simulated.ts'
import { openProviderCalls } from './provider-calls/calls.ts'
import { openCallsOf } from './provider-calls/due.ts'
import { measureUnknown } from './provider-calls/measure.ts'
import { reactions } from './reactions.ts'
import { paymentSettings } from './settings.ts'
import { paymentAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('payment', paymentSettings, migrations, paymentAggregate)
const { PAYMENT_FAULTS: faults = {} } = service.settings
const { of: drillOf } = service.drills
const simulated = simulatedProvider(service.db, service.settings, () => ({
  delayMs: drillOf('payment-slow')?.delayMs,
  declinesPercent: drillOf('payment-declines')?.percent,
}))
const provider = withFaults(simulated, () => {
  const away = drillOf('payment-away')?.percent
  return drawFault(away === undefined ? faults : { ...faults, away })
})
const calls = openProviderCalls({ ...service, provider })
service.consume(reactions({ ...service, calls }))
service.runEvery('asking the provider', 500, calls.askDue)
service.runEvery(
  'counting unknown outcomes',
  15_000,
  measureUnknown(service.db, service.metrics, service.log),
  20,
)

await service.run(paymentApi(service), { openCallsOf: (orderId) => openCallsOf(service.db, orderId) })

import { pollEveryMs } from '@saucery/chassis/async/due-work'
import { boot } from '@saucery/chassis/lifecycle/boot'
import { deliveryApi } from './api.ts'
import { completeDue, failInDrill, failOverdue } from './deadlines.ts'
import { reactions } from './reactions.ts'
import { deliverySettings } from './settings.ts'
import { deliveryAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('delivery', deliverySettings, migrations, deliveryAggregate)
const { DELIVERY_DEADLINE_MS: deadlineMs, DELIVERY_DURATION_MS: durationMs } = service.settings
service.consume(reactions(service))

if (durationMs !== undefined) {
  const everyMs = Math.min(1000, pollEveryMs(durationMs))
  service.runEvery('completing deliveries', everyMs, (stopping) =>
    completeDue({ ...service, afterMs: durationMs }, stopping),
  )
}
service.runEvery('failing overdue deliveries', pollEveryMs(deadlineMs), (stopping) =>
  failOverdue({ ...service, afterMs: deadlineMs }, stopping),
)

if (service.drills.isOn)
  service.runEvery('failing deliveries in a drill', 500, async (stopping) => {
    const drill = service.drills.of('deliveries-fail')
    if (drill) await failInDrill(service, drill, stopping)
  })

await service.run(deliveryApi({ ...service, deadlineMs }))

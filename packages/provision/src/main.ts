import { waitUntilUp } from '@saucery/chassis/lifecycle/startup'
import { natsLogin, settingsOrExit } from '@saucery/chassis/settings/settings'
import { openLog } from '@saucery/chassis/telemetry/log'
import { isTemporary, provision } from './provision.ts'
import { provisionSettings } from './settings.ts'

const settings = settingsOrExit(provisionSettings)
const log = openLog('provision', settings)
const { STREAM_REPLICAS: replicas } = settings
try {
  await waitUntilUp('NATS', () => provision(natsLogin(settings), replicas), isTemporary, log)
  log.info({ replicas }, 'streams are up to date')
} catch (error) {
  log.error({ error }, 'provisioning failed')
  process.exit(1)
}
// A connection attempt that was abandoned may still be open.
process.exit(0)

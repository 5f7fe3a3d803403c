import { waitUntilUp } from '@saucery/chassis/lifecycle/shutdown'
import { settingsOrExit } from '@saucery/chassis/settings/settings'
import { openLog } from '@saucery/chassis/telemetry/log'
import { isTemporary, provision } from './provision.ts'
import { provisionSettings } from './settings.ts'

const settings = settingsOrExit(provisionSettings)
const log = openLog('provision', settings)
const { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: password, STREAM_REPLICAS: replicas } = settings
try {
  await waitUntilUp('NATS', () => provision({ url, user, password }, replicas), isTemporary, log)
  log.info({ replicas }, 'streams are as they should be')
} catch (error) {
  log.error({ error }, 'streams could not be made')
  process.exit(1)
}
// A connection that was given up may still be on its way.
process.exit(0)

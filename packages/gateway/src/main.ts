import { openLog } from '@saucery/chassis/log'
import { serveUntilStopped } from '@saucery/chassis/serve'
import { settingsOrExit } from '@saucery/chassis/settings'
import { stopSignal } from '@saucery/chassis/stopping'
import { openAdmission } from './admission.ts'
import { gatewayApi } from './api.ts'
import { openEventStreams } from './event-streams.ts'
import { gatewaySettings } from './settings.ts'
import { openUpstreams } from './upstreams.ts'
import { web } from './web.ts'

const settings = settingsOrExit(gatewaySettings)
const log = openLog('gateway', settings)
const { all: upstreams, close } = openUpstreams(settings)
const eventStreams = openEventStreams()
void stopSignal().then(eventStreams.end)
const admission = openAdmission(settings, log)
const page = settings.WEB_ROOT === undefined ? undefined : await web(settings.WEB_ROOT)
const app = gatewayApi({ upstreams, admission, page, settings, eventStreams, log })
await serveUntilStopped(app, log, settings, { checks: {} }, close)

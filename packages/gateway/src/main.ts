import { serveUntilStopped } from '@saucery/chassis/lifecycle/serve'
import { stopSignal } from '@saucery/chassis/lifecycle/shutdown'
import { settingsOrExit } from '@saucery/chassis/settings/settings'
import { openLog } from '@saucery/chassis/telemetry/log'
import { gatewayApi } from './app.ts'
import { openAuthenticator } from './auth/authenticate.ts'
import { servePage } from './edge/page.ts'
import { openEventStreams } from './proxy/event-streams.ts'
import { openUpstreams } from './proxy/upstreams.ts'
import { gatewaySettings } from './settings.ts'

const settings = settingsOrExit(gatewaySettings)
const log = openLog('gateway', settings)
const { all: upstreams, close } = openUpstreams(settings)
const eventStreams = openEventStreams()
void stopSignal().then(eventStreams.end)
const admission = openAuthenticator(settings, log)
const page = settings.WEB_ROOT === undefined ? undefined : await servePage(settings.WEB_ROOT)
const app = gatewayApi({ upstreams, admission, page, settings, eventStreams, log })
await serveUntilStopped(app, log, settings, { checks: {} }, close)

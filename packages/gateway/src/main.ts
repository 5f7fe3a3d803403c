import { serveUntilStopped } from '@saucery/chassis/lifecycle/serve'
import { settingsOrExit } from '@saucery/chassis/settings/settings'
import { openLog } from '@saucery/chassis/telemetry/log'
import { openTraces } from '@saucery/chassis/telemetry/traces'
import { gatewayApi } from './app.ts'
import { runLoad } from './load/runner.ts'
import { openEventStreams } from './proxy/event-streams.ts'
import { openUpstreams } from './proxy/upstreams.ts'
import { gatewaySettings } from './settings.ts'

const settings = settingsOrExit(gatewaySettings)
const log = openLog('gateway', settings)
const stopTraces = await openTraces('gateway', settings, log)
const { all: upstreams, close } = openUpstreams(settings)
const eventStreams = openEventStreams()
const app = await gatewayApi({ settings, upstreams, eventStreams, log })
const load = settings.DRILLS === 'on' ? [runLoad({ upstreams, settings, log }).stop] : []
const stop = [...load, close, stopTraces]
await serveUntilStopped(app, { settings, log, onSignal: eventStreams.end, stop })

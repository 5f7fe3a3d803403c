import { serve } from '@saucery/chassis/http/server'
import { httpSettings } from '@saucery/chassis/settings/settings'
import { allowEveryone } from '@saucery/chassis/testing/caller-tokens'
import { silentLog } from '@saucery/chassis/testing/log'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { testKeys } from '@saucery/messaging/testing/keys'
import { type DashboardApi, dashboardApi } from '../http/app.ts'
import { checkOrder, endWaits, openEventWaiter } from '../http/event-waiter.ts'
import { type FeedOptions, openFeed } from '../live/feed.ts'
import { resumeTokens } from '../live/resume-token.ts'
import { consumeEvents, reactions } from '../reactions.ts'
import { eventLocations } from '../store/event-location.ts'
import { openViews } from '../store/view-store.ts'
import { deadlines } from './stories.ts'

/** Of every replica in a test. */
export const testTokens = resumeTokens()

interface Options extends Partial<Omit<FeedOptions, 'broker' | 'views' | 'deadlines'>> {
  readonly requireCaller?: DashboardApi['requireCaller']
  /** Whether it consumes events itself; if not, another replica must. */
  readonly consumes?: boolean
}

/** One process of the dashboard, wired as in main.ts, on a read model of its own or on a shared one. */
export async function openReplica(urls: { nats: string; mongo: string }, options: Options = {}) {
  const { requireCaller = allowEveryone, consumes = true, ...feedOptions } = options
  const log = silentLog
  const broker = await connectBroker({ url: urls.nats, name: 'dashboard', keys: testKeys, log })
  const views = openViews(urls.mongo, undefined, eventLocations(broker))
  const waiter = openEventWaiter(views, log)
  const feed = openFeed({ broker, views, tokens: testTokens, deadlines, log, ...feedOptions })
  const handle = reactions(views, (orderId) => checkOrder(waiter, orderId))
  const consumers = consumes
    ? consumeEvents({ broker, handle, isUp: views.isUp, replicas: 1, log })
    : undefined
  const app = dashboardApi({ views, waiter, feed, deadlines, requireCaller, log })
  const http = await serve(app, httpSettings.parse({ HOST: '127.0.0.1', PORT: 0 }), log)
  return {
    views,
    waiter,
    url: `http://127.0.0.1:${http.port}`,
    async [Symbol.asyncDispose]() {
      endWaits(waiter)
      await feed.stop()
      await http.close()
      await consumers?.stop()
      await broker.close()
      await views.close()
    },
  }
}

import { serve } from '@saucery/chassis/http/server'
import { httpSettings } from '@saucery/chassis/settings/settings'
import { allowEveryone } from '@saucery/chassis/testing/caller-tokens'
import { silentLog } from '@saucery/chassis/testing/log'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { openConsumers } from '@saucery/messaging/consumer/consumer'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { type DashboardApi, dashboardApi } from '../http/app.ts'
import { openEventWaiter } from '../http/event-waiter.ts'
import { viewToJson } from '../http/to-json.ts'
import { type FeedOptions, openFeed } from '../live/feed.ts'
import { reactions } from '../reactions.ts'
import { eventLocations } from '../store/event-location.ts'
import { isStoreOutage } from '../store/mongo-errors.ts'
import { openViews } from '../store/view-store.ts'
import { deadlines } from './views.ts'

interface Options extends Partial<Omit<FeedOptions, 'broker' | 'views' | 'toJson'>> {
  readonly requireCaller?: DashboardApi['requireCaller']
  /** Whether it handles events itself; else others have to. */
  readonly handles?: boolean
}

/** One process of the dashboard, as main makes it: on a read model of its own, or on one that it shares. */
export async function openReplica(urls: { nats: string; mongo: string }, options: Options = {}) {
  const { requireCaller = allowEveryone, handles = true, ...ofFeed } = options
  const broker = await connectBroker({ url: urls.nats, name: 'dashboard', log: silentLog })
  const views = openViews(urls.mongo, undefined, eventLocations(broker))
  const arrivals = openEventWaiter({ views, log: silentLog })
  const feed = openFeed({ broker, views, toJson: viewToJson(deadlines), log: silentLog, ...ofFeed })
  const open = () =>
    openConsumers({
      broker,
      subscriptions: subscriptionsOf('dashboard'),
      handle: reactions(views, arrivals.heard),
      isOutage: isStoreOutage,
      inKeyOrder: false,
      maxAckPending: 5000,
      replicas: 1,
      log: silentLog,
    })
  const consumers = handles ? open() : undefined
  const app = dashboardApi({ views, arrivals, feed, deadlines, requireCaller, log: silentLog })
  const http = await serve(app, httpSettings.parse({ HOST: '127.0.0.1', PORT: 0 }), silentLog)
  return {
    views,
    arrivals,
    url: `http://127.0.0.1:${http.port}`,
    async [Symbol.asyncDispose]() {
      arrivals.end()
      await feed.stop()
      await http.close()
      await consumers?.stop()
      await broker.close()
      await views.close()
    },
  }
}

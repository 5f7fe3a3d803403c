import { allowEveryone } from '@saucery/chassis/testing/caller-tokens'
import { silentLog } from '@saucery/chassis/testing/log'
import { type DashboardApi, dashboardApi } from '../http/app.ts'
import { openEventWaiter } from '../http/event-waiter.ts'
import type { Feed } from '../live/feed.ts'
import type { ViewStore } from '../store/view-store.ts'
import { deadlines } from './stories.ts'

const noFeed: Feed = { follow: () => 'too-many-listeners', stop: async () => {} }

/** The API on a read model, without a process around it. */
export const apiOn = (
  views: ViewStore,
  requireCaller: DashboardApi['requireCaller'] = allowEveryone,
  waiter = openEventWaiter(views, silentLog),
) =>
  dashboardApi({
    views,
    waiter,
    feed: noFeed,
    deadlines,
    requireCaller,
    log: silentLog,
  })

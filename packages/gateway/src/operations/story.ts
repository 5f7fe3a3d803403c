import { sharedResult } from '@saucery/chassis/async/shared-result'
import type { Caller } from '@saucery/contracts/access/scope'
import { LRUCache } from 'lru-cache'
import type { Authenticator } from '../auth/authenticate.ts'
import type { Upstream } from '../proxy/upstreams.ts'
import { askUpstream } from './ask.ts'
import { joinStory, type KnownView } from './join-story.ts'
import type { Overview } from './overview.ts'
import type { OrderStory } from './story-route.ts'

/** So long all callers share the story of one order. */
const keepMs = 1000

/** Orders whose stories are kept at once. */
const most = 500

export interface StoryDeps {
  readonly upstreams: readonly Upstream[]
  readonly authenticator: Authenticator
  readonly overview: Overview
}

/**
 * Reads the stories of orders: asks every service about the order, and the dashboard for its view, all at once and
 * within the time limits of the overview. Every operator may see the same.
 */
export function openStories({ upstreams, authenticator, overview }: StoryDeps) {
  const stories = new LRUCache<string, (caller: Caller) => Promise<OrderStory>>({ max: most })

  async function ask<T>({ name, ...upstream }: Upstream, path: string, caller: Caller) {
    const token = await authenticator.callerTokenFor(caller, name)
    return askUpstream<T>(upstream, path, token)
  }

  async function read(orderId: string, caller: Caller): Promise<OrderStory> {
    const dashboard = upstreams.find(({ name }) => name === 'dashboard') as Upstream
    const [view, seen, told] = await Promise.all([
      ask<KnownView>(dashboard, `/orderDashboards/${orderId}`, caller),
      overview(caller),
      Promise.all(upstreams.map((it) => ask<never>(it, `/operations/${it.name}/orders/${orderId}`, caller))),
    ])
    const parts = seen.map((one, i) => ({ seen: one, told: told[i] as (typeof told)[number] }))
    return joinStory(orderId, 'found' in view ? view.found : undefined, parts)
  }

  return (orderId: string, caller: Caller): Promise<OrderStory> => {
    const known = stories.get(orderId)
    if (known) return known(caller)
    let asking = caller
    const shared = sharedResult(
      () => read(orderId, asking),
      () => keepMs,
    )
    const story = (by: Caller) => {
      asking = by
      return shared()
    }
    stories.set(orderId, story)
    return story(caller)
  }
}

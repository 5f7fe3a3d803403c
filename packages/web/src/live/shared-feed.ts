import type { Client } from '@saucery/client/client'
import { CallRefused } from '@saucery/client/errors'
import { followLive, type LiveConnection, type LiveOptions } from '@saucery/client/live'
import type { LiveBatch } from '@saucery/client/read-live'
import { openChannel } from '../api/channel.ts'
import { joinGroup } from './lead.ts'

import { openReceiver, type Receiver } from './receive.ts'

export interface SharedFeed extends Receiver {
  readonly client: Client
  /** Pages whose callers may see the same orders have the same. */
  readonly audience: string
  readonly stopped: AbortSignal
  readonly connection: { value: LiveConnection }
  readonly page?: Pick<Document, 'visibilityState' | 'addEventListener'>
  readonly beatMs?: number
}

interface Content extends LiveBatch {
  readonly connection: LiveConnection
}

/**
 * Follows the live feed until it is stopped, with one connection for all pages of a browser: a server that speaks
 * HTTP/1.1 gets six from it, and a seventh page would wait for ever. No page has a connection while all are hidden.
 * (page-anywhere.sys.test: "shows a new order in eight pages, which go on to answer")
 */
export function followSharedFeed(options: SharedFeed): void {
  const { client, audience, query, stopped, connection, page = document, beatMs } = options
  const { receive, lastId } = openReceiver(options)
  const channel = openChannel(`live feed ${audience}`)
  // Without a word to the other pages there might be one too many: this one polls.
  if (!channel) {
    connection.value = 'off'
    return
  }
  async function lead(options: Pick<LiveOptions, 'query' | 'signal' | 'lastId'>): Promise<void> {
    const onConnection = (state: LiveConnection) => {
      connection.value = state
    }
    try {
      for await (const batch of followLive({ ...options, client, onConnection })) {
        receive(batch)
        send({ ...batch, connection: connection.value })
      }
    } catch (error) {
      // Refused for good: the connection is off.
      if (!(error instanceof CallRefused)) throw error
    }
  }
  const nothing = () => ({ after: lastId(), id: lastId(), orders: [], isReset: false })
  const send = joinGroup<Content>({
    channel,
    page,
    stopped,
    ...(beatMs && { beatMs }),
    content: () => ({ ...nothing(), connection: connection.value }),
    onContent({ connection: leaders, ...batch }) {
      connection.value = leaders
      receive(batch)
    },
    isSelective: Object.values(query).some((it) => it !== undefined),
    lead(term, suitsAll) {
      void lead({ query: suitsAll ? {} : query, signal: term, lastId: lastId() })
    },
    onLost() {
      connection.value = 'reconnecting'
    },
  })
}

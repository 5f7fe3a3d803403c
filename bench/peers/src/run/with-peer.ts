import type { BenchClients } from '@saucery/bench/load/load'
import { rejectOnAbort } from '@saucery/bench/load/poll'
import { type BenchContext, inTempFolder } from '@saucery/bench/run/run-bench'
import { openAgentFetch } from '@saucery/client/agent-fetch'
import { openClient } from '@saucery/client/client'
import type { Peer, RunningPeer } from '../peer.ts'

export interface PeerUnderTest extends BenchClients {
  readonly peer: RunningPeer
  /** The ids of all orders that it has accepted. */
  readonly accepted: readonly string[]
}

/** Runs a peer in a temporary folder while `use` runs. An interrupt ends it, whatever `use` does. */
export function withPeer<T>(
  { start }: Peer,
  { say, signal }: Pick<BenchContext, 'say' | 'signal'>,
  use: (running: PeerUnderTest) => Promise<T>,
): Promise<T> {
  return inTempFolder(async (folder) => {
    signal.throwIfAborted()
    // Without the signal: an interrupted start would leave half-started servers in a folder that is being removed.
    const peer = await start({ folder, say })
    const { fetch, close } = openAgentFetch({ maxSockets: 1000, timeout: 3000 })
    try {
      return await Promise.race([use({ peer, signal, ...openClients(peer, fetch) }), rejectOnAbort(signal)])
    } finally {
      close()
      await peer.kill()
    }
  })
}

/** The same client for every peer: it posts the same order and reads the same status. */
function openClients({ urls }: RunningPeer, fetch: ReturnType<typeof openAgentFetch>['fetch']) {
  const accepted: string[] = []
  const counting: typeof fetch = async (url, init) => {
    const answer = await fetch(url, init)
    if (init.method === 'POST' && answer.status === 201)
      accepted.push(((await answer.json()) as { id: string }).id)
    return answer
  }
  const timeoutMs = Number.POSITIVE_INFINITY
  return {
    accepted,
    orders: openClient({ url: urls.orders, fetch: counting, timeoutMs, retry: {} }),
    views: openClient({ url: urls.views, fetch, timeoutMs, retry: {} }),
  }
}

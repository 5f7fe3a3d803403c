import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { bodyTooLarge, maxBodyBytes } from '@saucery/chassis/http/body-limit'
import { ProblemError } from '@saucery/chassis/http/problem'
import type { Dispatcher } from 'undici'
import { dispatch } from './dispatch.ts'
import { isConnectionLoss } from './failures.ts'
import type { Place } from './place.ts'
import type { Upstream } from './upstreams.ts'

/**
 * Forwards the request and streams the answer back; neither body is held in memory. Leaves the place when the answer
 * begins, or there is none.
 * Only a GET or HEAD without a body is sent again when its connection breaks, once: the service may have carried out
 * any other request already (RFC 9110 §9.2.2; failures.test: "never has a POST sent twice").
 */
export async function forward(
  upstream: Upstream,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { place, ...target }: Pick<Dispatcher.DispatchOptions, 'path' | 'headers'> & { place: Place },
  onHead: Parameters<typeof dispatch>[4],
): Promise<void> {
  const method = incoming.method ?? 'GET'
  const body = bodyOf(incoming)
  if (body) pauseWhileSlow(incoming, place)
  const headersTimeout = upstream.settings.UPSTREAM_TIMEOUT_MS + place.waitMs
  const request = { ...target, method, body, headersTimeout }
  const send = () =>
    dispatch(upstream.pool, request, outgoing, upstream.settings.CLIENT_IDLE_TIMEOUT_MS, (received) => {
      place.leave()
      return onHead(received)
    })
  const mayRepeat = body === null && (method === 'GET' || method === 'HEAD')
  try {
    await send()
  } catch (error) {
    if (!mayRepeat || outgoing.headersSent || !isConnectionLoss(error)) throw error
    await send()
  } finally {
    place.leave()
  }
}

/** The edge policy has checked a body with a length, and Node lets no more through; one without is counted here. */
function bodyOf(incoming: IncomingMessage): Readable | null {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
  if (encoding !== undefined) return Readable.from(limited(incoming))
  return length === undefined || length === '0' ? null : incoming
}

/** @throws ProblemError 413 */
async function* limited(incoming: IncomingMessage): AsyncGenerator<Buffer> {
  let bytes = 0
  // Not destroyed, so that the server can discard the rest of it while the client reads why it is refused.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw new ProblemError(bodyTooLarge)
    yield chunk
  }
}

/** A request that takes longer to arrive keeps no place meanwhile: the service has nothing to do for it. */
const quickMs = 250

function pauseWhileSlow(incoming: IncomingMessage, place: Place): void {
  const slow = setTimeout(place.pause, quickMs)
  incoming.once('end', () => {
    clearTimeout(slow)
    place.resume()
  })
  incoming.once('close', () => clearTimeout(slow))
}

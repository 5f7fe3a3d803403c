import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@saucery/chassis/http/server'
import { readSettings } from '@saucery/chassis/settings/settings'
import { silentLog } from '@saucery/chassis/testing/log'
import { consumingServices } from '@saucery/contracts/choreography'
import { gatewayApi } from '../app.ts'
import { openEventStreams } from '../proxy/event-streams.ts'
import { openUpstreams } from '../proxy/upstreams.ts'
import { gatewaySettings } from '../settings.ts'

/** A service on a free port. */
export async function startUpstream(listener: RequestListener, port = 0) {
  const server = createServer(listener).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    if (server.listening) await once(server.close(), 'close')
  }
  const { port: taken } = server.address() as AddressInfo
  return { server, url: `http://127.0.0.1:${taken}`, close, [Symbol.asyncDispose]: close }
}

const local = { PORT: '0', MANAGEMENT_PORT: '0', HOST: '127.0.0.1', AUTH: 'off', RATE_LIMIT_PER_MINUTE: '0' }

/** The settings of a gateway that finds every service there. */
export const urlsOfServices = (url: string): Record<string, string> =>
  Object.fromEntries(consumingServices.map((service) => [`${service.toUpperCase()}_URL`, url]))

/** A whole gateway on a free port. Nothing listens at the URLs of services that `env` does not name. */
export async function startGateway(env: Record<string, string>, log = silentLog) {
  const urls = urlsOfServices('http://127.0.0.1:1')
  const settings = readSettings(gatewaySettings, { ...local, ...urls, ...env })
  const upstreams = openUpstreams(settings)
  const eventStreams = openEventStreams()
  const app = await gatewayApi({ settings, upstreams: upstreams.all, eventStreams, log })
  const http = await serve(app, settings, log)
  return {
    url: `http://127.0.0.1:${http.port}`,
    port: http.port,
    eventStreams,
    http,
    async [Symbol.asyncDispose]() {
      eventStreams.end()
      await upstreams.close()
      await http.close()
    },
  }
}

/** An open request, whose body the test writes. */
export function openConnection(url: string, options: Parameters<typeof request>[1] & object = {}) {
  const client = request(url, { agent: false, ...options })
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    client.once('response', resolve).once('error', reject)
  })
  return { client, answer }
}

export async function readText(message: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of message) text += chunk
  return text
}

/** A promise, and the function that resolves it. */
export function deferred<T = void>() {
  let resolve = (_: T) => {}
  const promise = new Promise<T>((resolveIt) => {
    resolve = resolveIt
  })
  return { promise, resolve }
}

import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { httpSettings, readSettings } from '../settings/settings.ts'
import { silentLog } from '../testing/log.ts'
import { serve } from './server.ts'

const local = readSettings(httpSettings, { HOST: '127.0.0.1', PORT: '0' })
const large = 'x'.repeat(20_000_000)

/** An app whose `/held` answers when it is released. */
function holdingApp() {
  const events = new EventEmitter()
  const asked = once(events, 'asked')
  const app = new Hono()
    .get('/now', (c) => c.text('here'))
    .get('/large', (c) => c.text(large))
    .get('/held', async (c) => {
      const released = once(events, 'released')
      events.emit('asked')
      await released
      return c.text('at last')
    })
  return { app, asked, release: () => events.emit('released') }
}

/** A client that keeps its connection open. */
const keepAlive = () => new Agent({ keepAlive: true, maxSockets: 1 })

async function ask(port: number, path: string, agent: Agent): Promise<IncomingMessage> {
  const [response] = (await once(get({ port, path, agent, host: '127.0.0.1' }), 'response')) as [
    IncomingMessage,
  ]
  return response
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return text
}

describe('the HTTP server', () => {
  it('reports the port that it got', async () => {
    const http = await serve(holdingApp().app, local, silentLog)
    assert.equal(await (await fetch(`http://127.0.0.1:${http.port}/now`)).text(), 'here')
    await http.close()
  })

  it('answers a request that arrived on a kept connection while the process stood still', async () => {
    const settings = { ...local, KEEP_ALIVE_TIMEOUT_MS: 100 }
    const http = await serve(holdingApp().app, settings, silentLog)
    const client = connect(http.port, '127.0.0.1')
    const request = 'GET /now HTTP/1.1\r\nHost: here\r\n\r\n'
    await once(client, 'connect')
    client.write(request)
    await once(client, 'data')
    client.write(request)
    // Node keeps a connection for a second longer than it says.
    const stoodUntil = performance.now() + 1_300
    while (performance.now() < stoodUntil);
    const [answer] = await once(client, 'data')
    assert.match(String(answer), /^HTTP\/1.1 200 /)
    await once(client, 'end')
    await http.close()
  })

  it('does not start on a port that is taken', async () => {
    const first = await serve(holdingApp().app, local, silentLog)
    await assert.rejects(serve(holdingApp().app, { ...local, PORT: first.port }, silentLog), {
      code: 'EADDRINUSE',
    })
    await first.close()
  })

  it('finishes the answer in flight with `connection: close`, and accepts no new connection', async () => {
    const { app, asked, release } = holdingApp()
    const http = await serve(app, local, silentLog)
    const asking = ask(http.port, '/held', keepAlive())
    await asked
    const closing = http.close()
    const [refusal] = await once(connect(http.port, '127.0.0.1'), 'error')
    assert.equal(refusal.code, 'ECONNREFUSED')
    release()
    const response = await asking
    assert.equal(response.headers.connection, 'close')
    assert.equal(await textOf(response), 'at last')
    await closing
  })

  it('does not wait for idle connections', async () => {
    const { app, asked, release } = holdingApp()
    const http = await serve(app, local, silentLog)
    await textOf(await ask(http.port, '/now', keepAlive()))
    const asking = ask(http.port, '/held', keepAlive())
    await asked
    const closing = http.close()
    release()
    await textOf(await asking)
    const begun = performance.now()
    await closing
    assert.ok(performance.now() - begun < 2000)
  })

  it('answers what still comes on kept connections, with `connection: close`, and closes them then', async () => {
    const http = await serve(holdingApp().app, local, silentLog)
    const agents = Array.from({ length: 20 }, keepAlive)
    const askAll = () => Promise.all(agents.map(async (agent) => textOf(await ask(http.port, '/now', agent))))
    await askAll()
    const closing = http.close(5000)
    const begun = performance.now()
    assert.equal((await ask(http.port, '/now', agents[0] as Agent)).headers.connection, 'close')
    await Promise.all(agents.slice(1).map(async (agent) => textOf(await ask(http.port, '/now', agent))))
    await closing
    assert.ok(performance.now() - begun < 4500)
  })

  it('closes connections on which nothing comes after the quiet time', async () => {
    const http = await serve(holdingApp().app, local, silentLog)
    const silent = connect(http.port, '127.0.0.1')
    await textOf(await ask(http.port, '/now', keepAlive()))
    const begun = performance.now()
    const closing = http.close(300)
    await once(silent, 'close')
    await closing
    const took = performance.now() - begun
    assert.ok(took >= 299 && took < 2000, `${took} ms`)
  })

  it('does not wait for a connection without a request', async () => {
    const http = await serve(holdingApp().app, local, silentLog)
    const silent = connect(http.port, '127.0.0.1')
    await once(silent, 'connect')
    await Promise.all([once(silent, 'close'), http.close()])
  })

  it('gives a slow reader its whole answer', async () => {
    const http = await serve(holdingApp().app, local, silentLog)
    const response = await ask(http.port, '/large', keepAlive())
    const closing = http.close()
    assert.equal((await textOf(response)).length, large.length)
    // Its head was sent before the stop, and did not announce the end of the connection.
    const begun = performance.now()
    await closing
    assert.ok(performance.now() - begun < 2000, 'its connection stays open')
  })

  it('answers a request whose first bytes have arrived', async () => {
    const http = await serve(holdingApp().app, local, silentLog)
    const client = connect(http.port, '127.0.0.1')
    client.setEncoding('utf8')
    client.write('GET /now HTTP/1.1\r\nHost: here\r\n')
    // Its first bytes have arrived when the server has answered another client.
    await textOf(await ask(http.port, '/now', keepAlive()))
    const closing = http.close()
    client.write('\r\n')
    let answer = ''
    for await (const chunk of client) answer += chunk
    assert.match(answer, /^HTTP\/1.1 200 OK[\s\S]*connection: close[\s\S]*here$/i)
    await closing
  })
})

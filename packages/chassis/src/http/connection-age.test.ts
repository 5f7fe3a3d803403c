import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { httpSettings, readSettings } from '../settings/settings.ts'
import { silentLog } from '../testing/log.ts'
import { serve } from './server.ts'

/** A server whose connections have this age at most, and a client that keeps one. */
async function connected(MAX_CONNECTION_AGE_MS: string) {
  const app = new Hono().get('/', (c) => c.text('')).post('/early', (c) => c.text('before the body'))
  const settings = { HOST: '127.0.0.1', PORT: '0', MAX_CONNECTION_AGE_MS }
  const http = await serve(app, readSettings(httpSettings, settings), silentLog)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const options = { port: http.port, host: '127.0.0.1', agent }
  async function answerTo(sent: ReturnType<typeof request>) {
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    const { localPort } = answer.socket
    await once(answer.resume(), 'end')
    return { connection: answer.headers.connection, localPort }
  }
  return {
    get: () => answerTo(request(options).end()),
    /** Of a POST whose answer comes before its body is sent. */
    async early() {
      const sent = request({ ...options, path: '/early', method: 'POST', headers: { 'content-length': 2 } })
      sent.write('a')
      const answer = await answerTo(sent)
      sent.end('b')
      return answer
    },
    async [Symbol.asyncDispose]() {
      agent.destroy()
      await http.close()
    },
  }
}

describe('a connection', () => {
  it('is closed with the first answer after its age, and said to be', async () => {
    await using client = await connected('40')
    const first = await client.get()
    assert.equal(first.connection, 'keep-alive')
    const closesAt = performance.now() + 40
    let last = first
    while (last.connection === 'keep-alive' && last.localPort === first.localPort) last = await client.get()
    assert.deepEqual(last, { connection: 'close', localPort: first.localPort })
    assert.ok(performance.now() < closesAt + 10_000)
    const next = await client.get()
    assert.notEqual(next.localPort, first.localPort)
  })

  it('is kept until then', async () => {
    await using client = await connected('60000')
    const { localPort } = await client.get()
    for (let i = 0; i < 20; i++) assert.deepEqual(await client.get(), { connection: 'keep-alive', localPort })
  })

  it('is not closed while its client is still sending', async () => {
    await using client = await connected('1')
    const { localPort } = await client.get()
    assert.deepEqual(await client.early(), { connection: 'keep-alive', localPort })
  })
})

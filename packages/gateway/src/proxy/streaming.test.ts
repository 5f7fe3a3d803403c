import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { openConnection, readText, startGateway, startUpstream } from '../testing/gateway.ts'

/** A service whose requests the test answers. */
async function startManual() {
  const exchanges: [IncomingMessage, ServerResponse][] = []
  let arrived = () => {}
  const upstream = await startUpstream((...exchange) => {
    exchanges.push(exchange)
    arrived()
  })
  return {
    ...upstream,
    async next(): Promise<[IncomingMessage, ServerResponse]> {
      if (exchanges.length === 0)
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      return exchanges.shift() as [IncomingMessage, ServerResponse]
    },
  }
}

const nextChunk = async (message: IncomingMessage) => String((await once(message, 'data'))[0])

describe('bodies', () => {
  it('are streamed up chunk by chunk', async () => {
    await using order = await startManual()
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const { client, answer } = openConnection(`${gateway.url}/orders`, { method: 'POST' })
    client.write('one')
    const [request, response] = await order.next()
    assert.equal(await nextChunk(request), 'one')
    client.write('two')
    assert.equal(await nextChunk(request), 'two')
    client.end()
    await once(request, 'end')
    response.end('done')
    assert.equal(await readText(await answer), 'done')
  })

  it('arrive whole when the service has closed its connection before they are compressed', async () => {
    const body = 'x'.repeat(40_000)
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`
    const order = createServer((socket) => {
      socket.once('data', () => {
        socket.end(head + body)
        // The gateway, in this process, reads the answer and the end of the connection at once.
        setImmediate(() => {
          const until = performance.now() + 20
          while (performance.now() < until);
        })
      })
    }).listen(0, '127.0.0.1')
    await once(order, 'listening')
    const { port } = order.address() as AddressInfo
    await using gateway = await startGateway({ ORDER_URL: `http://127.0.0.1:${port}` })
    for (let i = 0; i < 20; i++) assert.equal(await (await fetch(`${gateway.url}/orders`)).text(), body)
    order.close()
  })

  it('are streamed down chunk by chunk, the head before the first chunk', async () => {
    await using dashboard = await startManual()
    await using gateway = await startGateway({ DASHBOARD_URL: dashboard.url })
    const { client, answer } = openConnection(`${gateway.url}/orderDashboards/live`)
    client.end()
    const [, response] = await dashboard.next()
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    const events = await answer
    assert.equal(events.headers['content-type'], 'text/event-stream')
    for (const event of ['data: 1\n\n', ':\n\n', 'data: 2\n\n']) {
      response.write(event)
      assert.equal(await nextChunk(events), event)
    }
    response.end()
    await once(events, 'end')
  })

  it('wait for a reader that is slow', async () => {
    const chunk = Buffer.alloc(64 * 1024)
    let wrote = 0
    const full = 64 * 1024 * 1024
    await using order = await startUpstream((_, response) => {
      const more = () => {
        while (wrote < full) {
          wrote += chunk.length
          if (!response.write(chunk)) return response.once('drain', more)
        }
        return response.end()
      }
      more()
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const { client, answer } = openConnection(`${gateway.url}/orders`)
    client.end()
    const message = await answer
    let before = -1
    while (before !== wrote) {
      before = wrote
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.ok(wrote < full / 2, `${wrote} bytes were taken without a reader`)
    let read = 0
    for await (const part of message) read += part.length
    assert.equal(read, full)
  })

  it('arrive whole, whatever their size', async () => {
    await using order = await startUpstream((request, response) => request.pipe(response))
    await using gateway = await startGateway({ ORDER_URL: order.url })
    for (const size of [0, 1, 65_536]) {
      const body = Buffer.alloc(size, 'sauce')
      const answer = await fetch(`${gateway.url}/orders`, { method: 'POST', body })
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), body)
    }
  })
})

describe('an upload', () => {
  it('gets the whole of an answer that comes before its end', async () => {
    const length = 10_000_000
    await using order = await startUpstream((_, response) =>
      response.writeHead(413).end(Buffer.alloc(length)),
    )
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const { client, answer } = openConnection(`${gateway.url}/orders`, { method: 'POST' })
    client.on('error', () => {})
    client.write(Buffer.alloc(1000))
    const message = await answer
    assert.equal(message.statusCode, 413)
    assert.equal((await readText(message)).length, length)
    client.destroy()
  })

  it('may take longer than an answer', async () => {
    await using order = await startManual()
    await using gateway = await startGateway({ ORDER_URL: order.url, UPSTREAM_TIMEOUT_MS: '150' })
    const { client, answer } = openConnection(`${gateway.url}/orders`, { method: 'POST' })
    client.write('one')
    const [request, response] = await order.next()
    request.resume()
    await new Promise((resolve) => setTimeout(resolve, 1600))
    client.end()
    await once(request, 'end')
    response.end('done')
    assert.equal(await readText(await answer), 'done')
  })
})

// The timeout is far below every limit that would end the request anyway.
describe('a client that leaves', { timeout: 5000 }, () => {
  it('ends its request at the service', async () => {
    await using order = await startManual()
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const { client, answer } = openConnection(`${gateway.url}/orders`)
    answer.catch(() => {})
    client.end()
    const [request] = await order.next()
    const closed = once(request.socket, 'close')
    client.destroy()
    await closed
  })

  it('ends its event stream at the service', async () => {
    await using dashboard = await startManual()
    await using gateway = await startGateway({ DASHBOARD_URL: dashboard.url })
    const { client, answer } = openConnection(`${gateway.url}/orderDashboards/live`)
    client.end()
    const [request, response] = await dashboard.next()
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    await nextChunk(await answer)
    const closed = once(request.socket, 'close')
    client.destroy()
    await closed
  })

  it('during an upload leaves it incomplete at the service', async () => {
    await using order = await startManual()
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const { client, answer } = openConnection(`${gateway.url}/orders`, { method: 'POST' })
    answer.catch(() => {})
    client.write('half')
    const [request] = await order.next()
    assert.equal(await nextChunk(request), 'half')
    const error = once(request, 'error')
    client.destroy()
    await error
    assert.equal(request.complete, false)
  })
})

describe('connections', () => {
  it('are reused for one request after another', async () => {
    await using order = await startUpstream((request, response) => {
      request.resume()
      response.end(String(request.socket.remotePort))
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set<string | number | undefined>()
    for (let i = 0; i < 5; i++) {
      const { client, answer } = openConnection(`${gateway.url}/orders`, { method: 'POST', agent })
      client.end('{}')
      const message = await answer
      ports.add(message.socket.localPort).add(await readText(message))
    }
    agent.destroy()
    assert.equal(ports.size, 2)
  })

  it('are free of event streams when the gateway stops', async () => {
    await using dashboard = await startManual()
    await using gateway = await startGateway({ DASHBOARD_URL: dashboard.url })
    const { client, answer } = openConnection(`${gateway.url}/orderDashboards/live`)
    client.end()
    const [request, response] = await dashboard.next()
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    const events = await answer
    const closed = once(request.socket, 'close')
    gateway.eventStreams.end()
    assert.equal(await readText(events), 'data: 1\n\n')
    await closed
  })
})

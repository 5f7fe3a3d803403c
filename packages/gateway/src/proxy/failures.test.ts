import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { openConnection, readText, startGateway, startUpstream } from '../testing/gateway.ts'

const fine: RequestListener = (request, response) => {
  request.resume()
  response.end('fine')
}

async function problemOf(answer: Response) {
  assert.equal(answer.headers.get('content-type'), 'application/problem+json')
  return (await answer.json()) as { status: number; code: string; detail: string }
}

describe('a service that is down', () => {
  it('is named in a 502, while the others still answer', async () => {
    await using payment = await startUpstream(fine)
    await using gateway = await startGateway({ PAYMENT_URL: payment.url })
    for (const method of ['GET', 'POST']) {
      const answer = await fetch(`${gateway.url}/orders`, { method, headers: { 'x-request-id': 'r1' } })
      assert.equal(answer.status, 502)
      assert.equal(answer.headers.get('x-request-id'), 'r1')
      const { code, detail } = await problemOf(answer)
      assert.equal(code, 'upstream-unavailable')
      assert.match(detail, /order service/)
    }
    assert.equal(await (await fetch(`${gateway.url}/payments`)).text(), 'fine')
  })

  it('is used again as soon as it is back', async () => {
    const before = await startUpstream(fine)
    await using gateway = await startGateway({ ORDER_URL: before.url })
    assert.equal((await fetch(`${gateway.url}/orders`)).status, 200)
    await before.close()
    assert.equal((await fetch(`${gateway.url}/orders`)).status, 502)
    await using _again = await startUpstream(fine, Number(new URL(before.url).port))
    assert.equal((await fetch(`${gateway.url}/orders`)).status, 200)
  })
})

describe('a service that is slow', () => {
  it('is named in a 503 with `Retry-After`', async () => {
    await using order = await startUpstream(() => {})
    await using payment = await startUpstream(fine)
    await using gateway = await startGateway({
      ORDER_URL: order.url,
      PAYMENT_URL: payment.url,
      UPSTREAM_TIMEOUT_MS: '300',
    })
    const answer = await fetch(`${gateway.url}/orders`, { method: 'POST', body: '{}' })
    assert.equal(answer.status, 503)
    assert.equal(answer.headers.get('retry-after'), '1')
    const { code, detail } = await problemOf(answer)
    assert.equal(code, 'upstream-timeout')
    assert.match(detail, /order service/)
    assert.equal((await fetch(`${gateway.url}/payments`)).status, 200)
  })

  it('gets the time that the client prefers to wait', async () => {
    await using order = await startUpstream((_, response) => {
      setTimeout(() => response.end('paid'), 1600)
    })
    await using gateway = await startGateway({ ORDER_URL: order.url, UPSTREAM_TIMEOUT_MS: '100' })
    const answer = await fetch(`${gateway.url}/orders`, {
      method: 'POST',
      headers: { prefer: 'handling=strict, wait=5' },
    })
    assert.equal(await answer.text(), 'paid')
  })

  it('has a limited number of requests waiting; the next one is refused at once', async () => {
    let arrivals = 0
    let bothArrived = () => {}
    const both = new Promise<void>((resolve) => {
      bothArrived = resolve
    })
    const waiting: (() => void)[] = []
    await using order = await startUpstream((_, response) => {
      waiting.push(() => response.end('at last'))
      if (++arrivals === 2) bothArrived()
    })
    await using gateway = await startGateway({ ORDER_URL: order.url, UPSTREAM_CONNECTIONS: '2' })
    const held = [fetch(`${gateway.url}/orders`), fetch(`${gateway.url}/orders`)]
    await both
    const refused = await fetch(`${gateway.url}/orders`)
    assert.equal(refused.status, 503)
    assert.equal((await problemOf(refused)).code, 'upstream-overloaded')
    for (const answer of waiting) answer()
    for (const answer of await Promise.all(held)) assert.equal(await answer.text(), 'at last')
  })

  it('may send an event stream longer than any limit, but not fall silent in it', async () => {
    await using dashboard = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let beats = 0
      const heart = setInterval(() => {
        response.write(':\n\n')
        if (++beats === 22) clearInterval(heart)
      }, 100)
    })
    await using gateway = await startGateway({
      DASHBOARD_URL: dashboard.url,
      UPSTREAM_TIMEOUT_MS: '600',
      UPSTREAM_IDLE_TIMEOUT_MS: '600',
    })
    const { client, answer } = openConnection(`${gateway.url}/orderDashboards/live`)
    client.end()
    let text = ''
    await assert.rejects(async () => {
      for await (const chunk of await answer) text += chunk
    })
    assert.equal(text, ':\n\n'.repeat(22))
  })
})

describe('a service that dies during an answer', () => {
  for (const [title, headers] of [
    ['of unknown length', {}],
    ['of known length', { 'content-length': '100' }],
  ] as const)
    it(`${title} breaks the client's connection too`, async () => {
      await using order = await startUpstream((request, response) => {
        response.writeHead(200, headers)
        response.write('half', () => request.socket.destroy())
      })
      await using gateway = await startGateway({ ORDER_URL: order.url })
      const { client, answer } = openConnection(`${gateway.url}/orders`)
      client.end()
      await assert.rejects(async () => readText(await answer), /aborted/)
    })
})

/** Counts the requests that reach a service which resets each connection on its second request. */
async function seenWhenLost(method: string): Promise<{ seen: number; status: number }> {
  let seen = 0
  const served = new WeakSet<Socket>()
  await using order = await startUpstream((request, response) => {
    seen++
    request.resume()
    if (served.has(request.socket)) return request.socket.resetAndDestroy()
    served.add(request.socket)
    return response.end('fine')
  })
  await using gateway = await startGateway({ ORDER_URL: order.url })
  const send = () => fetch(`${gateway.url}/orders`, { method, ...(method === 'POST' && { body: '{}' }) })
  assert.equal(await (await send()).text(), 'fine')
  const { status } = await send()
  return { seen: seen - 1, status }
}

describe('a connection that is lost before the answer', () => {
  it('never has a POST sent twice', async () => {
    assert.deepEqual(await seenWhenLost('POST'), { seen: 1, status: 502 })
  })

  it('never has another change sent twice', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      assert.deepEqual(await seenWhenLost(method), { seen: 1, status: 502 })
  })

  it('has a GET sent once more', async () => {
    assert.deepEqual(await seenWhenLost('GET'), { seen: 2, status: 200 })
  })

  it('never has a GET sent a third time', async () => {
    let seen = 0
    await using order = await startUpstream((request) => {
      seen++
      request.socket.destroy()
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const answer = await fetch(`${gateway.url}/orders`)
    assert.equal(answer.status, 502)
    assert.equal((await problemOf(answer)).code, 'upstream-unavailable')
    assert.equal(seen, 2)
  })
})

describe('a service that does not speak HTTP', () => {
  it('counts as down', async () => {
    const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    await using gateway = await startGateway({
      ORDER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    })
    const answer = await fetch(`${gateway.url}/orders`)
    server.close()
    assert.equal(answer.status, 502)
    assert.equal((await problemOf(answer)).code, 'upstream-unavailable')
  })
})

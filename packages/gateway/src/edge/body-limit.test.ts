import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { describe, it } from 'node:test'
import { readProblem } from '@saucery/chassis/testing/http'
import { answerTo, parseAnswer } from '@saucery/chassis/testing/raw'
import { deferred, openConnection, readText, startGateway, startUpstream } from '../testing/gateway.ts'

const fine: RequestListener = (request, response) => {
  request.resume().on('end', () => response.end('fine'))
}

describe('a body', () => {
  it('of 64 KiB is forwarded, and one with a larger length is not', async () => {
    let requests = 0
    await using order = await startUpstream((request, response) => {
      requests++
      fine(request, response)
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const send = (length: number) =>
      fetch(`${gateway.url}/orders`, { method: 'POST', body: 'x'.repeat(length) })
    assert.equal((await send(64 * 1024)).status, 200)
    const answer = await send(64 * 1024 + 1)
    assert.equal(answer.status, 413)
    assert.equal((await readProblem(answer)).code, 'body-too-large')
    assert.equal(requests, 1)
  })

  it('without a length is broken off at the service when it becomes too large', {
    timeout: 5000,
  }, async () => {
    const { promise: gone, resolve } = deferred<boolean>()
    let bytes = 0
    await using order = await startUpstream((request) => {
      request.on('data', (chunk) => {
        bytes += chunk.length
      })
      request.once('error', () => resolve(request.complete))
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const { client, answer } = openConnection(`${gateway.url}/orders`, { method: 'POST' })
    client.on('error', () => {})
    const endless = setInterval(() => client.write(Buffer.alloc(10_000)), 1)
    const refusal = await answer
    assert.equal(refusal.statusCode, 413)
    assert.equal(JSON.parse(await readText(refusal)).code, 'body-too-large')
    assert.equal(await gone, false)
    assert.ok(bytes <= 64 * 1024, `${bytes}`)
    // The gateway closes the connection of a client that never stops.
    if (!client.destroyed) await once(client, 'close')
    clearInterval(endless)
  })

  it('of 64 KiB is forwarded without a length', async () => {
    await using order = await startUpstream((request, response) => request.pipe(response))
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const { client, answer } = openConnection(`${gateway.url}/orders`, { method: 'POST' })
    for (let i = 0; i < 64; i++) client.write('x'.repeat(1024))
    client.end()
    assert.equal((await readText(await answer)).length, 64 * 1024)
  })

  it('that is malformed is broken off at the service', async () => {
    await using order = await startUpstream(fine)
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const head = 'POST /orders HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
    const { status, headers } = parseAnswer(await answerTo(gateway.port, `${head}3\r\nabc\r\nzz\r\n`))
    assert.equal(status, 400)
    assert.equal(headers.get('content-type'), 'application/problem+json')
  })
})

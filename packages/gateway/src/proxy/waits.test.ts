import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { noWaitHeader } from '@saucery/chassis/http/wait-places'
import { readProblem } from '@saucery/chassis/testing/http'
import { eventually } from '@saucery/messaging/testing/eventually'
import { startGateway, startUpstream } from '../testing/gateway.ts'
import { startProvider } from '../testing/tokens.ts'

type Headers = Record<string, string>

/** A service that lets a request with `Prefer` wait until it is released, unless the gateway has no place for it. */
async function startWaiting(env: Record<string, string>) {
  const held: (() => void)[] = []
  const order = await startUpstream(({ headers }, response) => {
    const answer = () => response.end(headers[noWaitHeader] === undefined ? 'waited' : 'at once')
    if (headers.prefer === undefined) response.end('work')
    else if (headers[noWaitHeader] === undefined) held.push(answer)
    else answer()
  })
  const gateway = await startGateway({ ORDER_URL: order.url, UPSTREAM_CONNECTIONS: '1', ...env })
  const ask = async (headers: Headers) => (await fetch(`${gateway.url}/orders`, { headers })).text()
  /** Sends requests that all wait at the service then. */
  async function hold(count: number, headers: Headers): Promise<Promise<string>[]> {
    const before = held.length
    const asked = Array.from({ length: count }, () => ask({ ...headers, prefer: 'wait=60' }))
    await eventually(() => assert.equal(held.length, before + count))
    return asked
  }
  return {
    ask,
    hold,
    release: () => held.splice(0).forEach((answer) => void answer()),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await order.close()
    },
  }
}

describe('requests that wait', () => {
  const from = (address: string): Headers => ({ 'x-forwarded-for': address })

  it('keep neither the work of their client nor the waits of others from a service', async () => {
    await using service = await startWaiting({ WAITING_REQUESTS: '20', TRUSTED_PROXIES: '1' })
    const greedy = await service.hold(2, from('1.1.1.1'))
    assert.equal(await service.ask({ ...from('1.1.1.1'), prefer: 'wait=60' }), 'at once')
    assert.equal(await service.ask(from('1.1.1.1')), 'work')
    const modest = await service.hold(1, from('2.2.2.2'))
    service.release()
    assert.deepEqual(await Promise.all([...greedy, ...modest]), ['waited', 'waited', 'waited'])
    const again = await service.hold(2, from('1.1.1.1'))
    service.release()
    await Promise.all(again)
  })

  it('have a limited number of places in all', async () => {
    await using service = await startWaiting({ WAITING_REQUESTS: '2', TRUSTED_PROXIES: '1' })
    const held = [...(await service.hold(1, from('1.1.1.1'))), ...(await service.hold(1, from('2.2.2.2')))]
    assert.equal(await service.ask({ ...from('3.3.3.3'), prefer: 'wait=1' }), 'at once')
    service.release()
    await Promise.all(held)
  })

  it('cannot be told by their client that there is no place', async () => {
    await using service = await startWaiting({})
    const held = await service.hold(1, { [noWaitHeader]: '1' })
    service.release()
    assert.deepEqual(await Promise.all(held), ['waited'])
  })
})

describe('callers who are signed in', () => {
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })

  it('have a limited number of waits, and so has their branch, wherever they come from', async () => {
    await using provider = await startProvider()
    const env = { ...provider.env, GATEWAY_SIGNING_KEY: String(key), WAITING_REQUESTS: '20' }
    await using service = await startWaiting(env)
    const as = async (sub: string, changed = {}): Promise<Headers> => ({
      authorization: `Bearer ${await provider.token({ sub, ...changed })}`,
    })
    const waitsAtOnce = async (who: Headers) =>
      assert.equal(await service.ask({ ...who, prefer: 'wait=60' }), 'at once')
    const held = await service.hold(2, await as('kim'))
    await waitsAtOnce(await as('kim'))
    held.push(...(await service.hold(2, await as('lee'))))
    await waitsAtOnce(await as('another of the branch'))
    held.push(...(await service.hold(2, await as('park', { branch_id: '2' }))))
    service.release()
    await Promise.all(held)
  })

  it('have a limited number of requests a minute, from however many addresses', async () => {
    await using provider = await startProvider()
    await using order = await startUpstream((_, response) => void response.end())
    const env = { ...provider.env, GATEWAY_SIGNING_KEY: String(key), TRUSTED_PROXIES: '1' }
    await using gateway = await startGateway({ ORDER_URL: order.url, RATE_LIMIT_PER_MINUTE: '2', ...env })
    const authorization = `Bearer ${await provider.token()}`
    const ask = (address: string) =>
      fetch(`${gateway.url}/orders`, { headers: { authorization, ...from(address) } })
    const from = (address: string) => ({ 'x-forwarded-for': address })
    for (const address of ['1.1.1.1', '2.2.2.2']) assert.equal((await ask(address)).status, 200)
    const refused = await ask('3.3.3.3')
    assert.equal(refused.headers.get('retry-after'), '60')
    assert.match(String(refused.headers.get('ratelimit')), /^"caller";r=0;/)
    assert.equal((await readProblem(refused)).code, 'rate-limited')
  })
})

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, describe, it } from 'node:test'
import { readSettings } from '@saucery/chassis/settings/settings'
import { readProblem } from '@saucery/chassis/testing/http'
import { gatewaySettings } from '../settings.ts'
import { startGateway, startUpstream, urlsOfServices } from '../testing/gateway.ts'
import { startProvider } from '../testing/tokens.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const orderId = '01936f5e-8a41-7d02-8f6b-2c3d4e5f6a7b'

const { privateKey } = generateKeyPairSync('ed25519')
const GATEWAY_SIGNING_KEY = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const provider = await startProvider()
const asked: unknown[] = []
const store = await startUpstream(({ url }, response) => {
  asked.push(url)
  response.writeHead(url === `/orders/${orderId}` ? 200 : 404).end('{"traces":[]}')
})
const gateway = await startGateway({ ...provider.env, GATEWAY_SIGNING_KEY, TRACE_STORE_URL: store.url })
const without = await startGateway({})
after(async () => {
  for (const one of [gateway, without, store, provider]) await one[Symbol.asyncDispose]()
})

const as = async (role: string, path: string, { url } = gateway) => {
  const authorization = `Bearer ${await provider.token({ sub: 'kim', role, branch_id: '7' })}`
  return fetch(`${url}${path}`, { headers: { authorization } })
}

describe('the traces at the gateway', () => {
  const path = `/operations/orders/${orderId}/traces`

  it('are those of the store, for an operator', async () => {
    const answer = await as('operator', path)
    assert.deepEqual([answer.status, await answer.json()], [200, { traces: [] }])
    const missing = { status: 404, code: 'not-found', places: [] }
    for (const id of [traceId, 'no-id', `${traceId}0`])
      assert.deepEqual(await readProblem(as('operator', `/operations/traces/${id}`)), missing)
    assert.deepEqual(asked, [`/orders/${orderId}`, `/traces/${traceId}`])
  })

  it('are for no branch and no courier', async () => {
    for (const role of ['branch', 'courier']) assert.equal((await readProblem(as(role, path))).status, 403)
    assert.equal((await readProblem(fetch(gateway.url + path))).status, 401)
  })

  it('are announced to operators alone, where there is a store', async () => {
    const me = async (role: string) => (await (await as(role, '/me')).json()) as { traces?: true }
    assert.equal((await me('operator')).traces, true)
    assert.equal((await me('branch')).traces, undefined)
    const off = (await (await fetch(`${without.url}/me`)).json()) as object
    assert.equal('traces' in off, false)
  })

  it('are none without a store, and none while it cannot be read', async () => {
    const none = { status: 404, code: 'no-trace-store', places: [] }
    assert.deepEqual(await readProblem(fetch(without.url + path)), none)
    const away = await startGateway({ TRACE_STORE_URL: 'http://127.0.0.1:1' })
    const unavailable = { status: 502, code: 'trace-store-unavailable', places: [] }
    assert.deepEqual(await readProblem(fetch(away.url + path)), unavailable)
    await away[Symbol.asyncDispose]()
  })

  it('are refused by the settings of a production system', () => {
    const url = 'http://127.0.0.1:1'
    const env = {
      PORT: '0',
      MANAGEMENT_PORT: '0',
      HOST: '127.0.0.1',
      AUTH: 'off',
      ...urlsOfServices(url),
      TRACE_STORE_URL: url,
    }
    assert.equal(readSettings(gatewaySettings, env).TRACE_STORE_URL, url)
    assert.throws(() => readSettings(gatewaySettings, { ...env, NODE_ENV: 'production' }), /TRACE_STORE_URL/)
  })
})

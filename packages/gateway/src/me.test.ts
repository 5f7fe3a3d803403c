import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, describe, it } from 'node:test'
import { readProblem } from '@saucery/chassis/testing/http'
import { actions } from '@saucery/contracts/access/scope'
import { startGateway } from './testing/gateway.ts'
import { startProvider } from './testing/tokens.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const GATEWAY_SIGNING_KEY = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const provider = await startProvider()
const gateway = await startGateway({ ...provider.env, GATEWAY_SIGNING_KEY })
after(async () => {
  await gateway[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

async function meWith(claims: object) {
  const authorization = `Bearer ${await provider.token({ sub: 'kim', ...claims })}`
  const answer = await fetch(`${gateway.url}/me`, { headers: { authorization } })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  return answer.json()
}

describe('GET /me', () => {
  it('has no parameters', async () => {
    const problem = { status: 422, code: 'invalid-input', places: ['role'] }
    assert.deepEqual(await readProblem(fetch(`${gateway.url}/me?role=operator`)), problem)
  })

  it('shows who calls, and what that caller may do', async () => {
    assert.deepEqual(await meWith({ role: 'branch', branch_id: '7' }), {
      signIn: 'on',
      role: 'branch',
      subject: 'kim',
      branchId: '7',
      may: ['place-orders', 'read-orders', 'cancel-orders', 'read-payments', 'read-views', 'read-deliveries'],
    })
    assert.deepEqual(await meWith({ role: 'courier' }), {
      signIn: 'on',
      role: 'courier',
      subject: 'kim',
      may: ['end-deliveries', 'read-deliveries'],
    })
    assert.deepEqual(await meWith({ role: 'operator' }), {
      signIn: 'on',
      role: 'operator',
      subject: 'kim',
      may: [...actions],
    })
  })

  it('shows an operator where sign-in is off', async () => {
    await using open = await startGateway({})
    const answer = await fetch(`${open.url}/me`)
    assert.deepEqual(await answer.json(), { signIn: 'off', role: 'operator', may: [...actions] })
  })

  it('needs a valid token', async () => {
    const none = await fetch(`${gateway.url}/me`)
    assert.equal(none.headers.get('www-authenticate'), 'Bearer')
    assert.deepEqual(await readProblem(none), { status: 401, code: 'not-signed-in', places: [] })
    const wrong = fetch(`${gateway.url}/me`, { headers: { authorization: 'Bearer a.b.c' } })
    assert.equal((await readProblem(wrong)).code, 'token-invalid')
    const authorization = `Bearer ${await provider.token({ role: 'admin' })}`
    const without = fetch(`${gateway.url}/me`, { headers: { authorization } })
    assert.deepEqual(await readProblem(without), { status: 403, code: 'role-missing', places: [] })
  })

  it('counts against the rate limit, and only takes GET', async () => {
    await using narrow = await startGateway({ RATE_LIMIT_PER_MINUTE: '2' })
    const post = await fetch(`${narrow.url}/me`, { method: 'POST' })
    assert.equal(post.headers.get('allow'), 'GET, HEAD, OPTIONS')
    assert.equal((await readProblem(post)).code, 'method-not-allowed')
    assert.equal((await fetch(`${narrow.url}/me`)).status, 200)
    assert.equal((await readProblem(fetch(`${narrow.url}/me`))).code, 'rate-limited')
  })
})

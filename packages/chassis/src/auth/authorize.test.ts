import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Caller } from '@saucery/contracts/access/scope'
import { Hono } from 'hono'
import { handleProblems } from '../http/problem.ts'
import { branch, courier, operator, testCallerTokens } from '../testing/caller-tokens.ts'
import { readProblem } from '../testing/http.ts'
import { silentLog } from '../testing/log.ts'
import { authorize, ifInScope, requireCaller, scopedQuery } from './authorize.ts'

const gateway = testCallerTokens('order')

function appBehind(requireCaller = gateway.requireCaller): Hono {
  const app = new Hono()
  handleProblems(app, silentLog)
  app.use(requireCaller)
  app.get('/me', (c) => c.json(c.get('caller')))
  app.get('/orders/:branch', (c) => {
    const scope = authorize(c, 'read-orders')
    const order = ifInScope(scope, { branchId: c.req.param('branch') }) ?? null
    return c.json({ order, ...scopedQuery(scope, { branchId: c.req.query('branchId') }) })
  })
  return app
}
const app = appBehind()
const get = async (path: string, caller: Caller) => app.request(path, { headers: await gateway.as(caller) })
const json = async (path: string, caller: Caller) => (await get(path, caller)).json()

describe('a service', () => {
  it('knows the caller of a request through the gateway', async () => {
    for (const caller of [branch('1'), courier, operator]) assert.deepEqual(await json('/me', caller), caller)
  })

  it('refuses requests that do not come through the gateway', async () => {
    const answer = await app.request('/me')
    assert.equal(answer.headers.get('www-authenticate'), 'Passport')
    assert.deepEqual(await readProblem(answer), { status: 401, code: 'passport-missing', places: [] })
    for (const headers of [
      await testCallerTokens('order').as(operator),
      await gateway.as(operator, 'payment'),
      { 'x-saucery-caller': JSON.stringify(operator) },
      { 'x-saucery-caller': '' },
    ])
      assert.equal((await readProblem(app.request('/me', { headers }))).code, 'passport-invalid')
  })

  it('answers nothing to others: probes and metrics have a port of their own', async () => {
    for (const path of ['/livez', '/readyz', '/metrics', '/', '//me'])
      assert.equal((await app.request(path)).status, 401, path)
  })

  it('takes every caller for an operator where sign-in is off', async () => {
    const open = appBehind(requireCaller('order', { AUTH: 'off' }, silentLog))
    const headers = { 'x-saucery-caller': 'forged' }
    assert.equal(((await (await open.request('/me', { headers })).json()) as Caller).role, 'operator')
  })

  it('refuses the pages of other web sites where sign-in is off', async () => {
    const open = appBehind(requireCaller('order', { AUTH: 'off', ALLOWED_HOSTS: ['order'] }, silentLog))
    for (const path of ['/me', '/nowhere']) {
      const refused = (headers: Record<string, string>) => readProblem(open.request(path, { headers }))
      assert.equal((await refused({ origin: 'https://evil.example' })).code, 'foreign-origin')
      assert.equal((await refused({ host: 'evil.example' })).code, 'unknown-host')
    }
    for (const host of ['10.1.2.3:8080', 'order:8080'])
      assert.equal((await open.request('/me', { headers: { host } })).status, 200)
  })

  it('looks at no origin where sign-in is on', async () => {
    const headers = { ...(await gateway.as(operator)), host: 'any.example', origin: 'https://evil.example' }
    assert.equal((await app.request('/me', { headers })).status, 200)
  })

  it('refuses every token when it has no key', async () => {
    const closed = appBehind(requireCaller('order', { AUTH: 'on' }, silentLog))
    assert.equal((await closed.request('/me', { headers: await gateway.as(operator) })).status, 401)
  })
})

describe('a caller', () => {
  it('is refused what the role does not permit', async () => {
    assert.deepEqual(await readProblem(get('/orders/1', courier)), {
      status: 403,
      code: 'not-permitted',
      places: [],
    })
  })

  it('sees what is in scope, and nothing else', async () => {
    assert.deepEqual(await json('/orders/1', branch('1')), { order: { branchId: '1' }, branchId: '1' })
    assert.deepEqual(await json('/orders/2', branch('1')), { order: null, branchId: '1' })
    assert.deepEqual(await json('/orders/2', operator), { order: { branchId: '2' } })
  })

  it('is shown the field that names a branch other than its own', async () => {
    const problem = await readProblem(get('/orders/1?branchId=2', branch('1')))
    assert.deepEqual(problem, { status: 403, code: 'not-permitted', places: ['branchId'] })
    assert.equal((await get('/orders/1?branchId=1', branch('1'))).status, 200)
    assert.equal((await get('/orders/1?branchId=2', operator)).status, 200)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { readProblem } from '../testing/http.ts'
import { refuseForeign } from './foreign-requests.ts'

const app = new Hono()
app.use(refuseForeign(['gateway'], ['https://named.example']))
app.all('*', (c) => c.text('here'))
const ask = (headers: Record<string, string>, method = 'GET') =>
  app.request('/orders', { method, headers: { host: 'localhost:8088', ...headers } })

describe('a server without sign-in answers', () => {
  for (const host of [
    'localhost',
    'localhost:8088',
    'LOCALHOST:1',
    '127.0.0.1:8088',
    '[::1]:8088',
    '10.1.2.3:8080',
    'gateway:8080',
  ])
    it(`a client that is no page and calls it ${host}`, async () => {
      assert.equal((await ask({ host })).status, 200)
    })

  for (const [origin, host, site] of [
    ['http://localhost:8088', 'localhost:8088', 'same-origin'],
    ['http://127.0.0.1:8088', '127.0.0.1:8088', 'same-origin'],
    ['http://[::1]:8088', '[::1]:8088', 'same-origin'],
    ['https://gateway', 'gateway', 'same-origin'],
    ['https://gateway', 'gateway:443', 'same-origin'],
    ['https://named.example', 'localhost:8088', 'cross-site'],
    // Behind a proxy that replaces the Host.
    ['http://localhost', '127.0.0.1:8088', 'same-origin'],
    ['https://gateway', 'localhost:8088', 'same-origin'],
  ] as const)
    it(`a page of ${origin} at ${host}`, async () => {
      assert.equal((await ask({ origin, host, 'sec-fetch-site': site }, 'POST')).status, 200)
    })

  it('a page that is opened by its address', async () => {
    for (const site of ['none', 'same-origin', 'same-site'])
      assert.equal((await ask({ 'sec-fetch-site': site })).status, 200)
  })
})

describe('a server without sign-in refuses', () => {
  for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS'])
    for (const origin of [
      'https://evil.example',
      'http://localhost:3000',
      'http://localhost',
      'http://127.0.0.1:8088',
      'https://named.example.evil.example',
      'https://localhost:8088@evil.example',
      'chrome-extension://localhost:8088',
      'null',
      '',
    ])
      it(`${method} by a page of ${origin || 'an empty origin'}`, async () => {
        const answer = await ask({ origin, 'sec-fetch-site': 'cross-site' }, method)
        assert.equal(answer.headers.get('access-control-allow-origin'), null)
        if (method === 'HEAD') assert.equal(answer.status, 403)
        else assert.deepEqual(await readProblem(answer), { status: 403, code: 'foreign-origin', places: [] })
        assert.equal((await ask({ origin }, method)).status, 403)
      })

  it('a page whose name points at a proxy that replaces the Host', async () => {
    const origin = 'http://evil.example'
    assert.equal((await ask({ origin, 'sec-fetch-site': 'same-origin' }, 'POST')).status, 403)
  })

  it('what another site’s page loads without an Origin, as an image or by a form', async () => {
    for (const method of ['GET', 'POST'])
      assert.equal(
        (await readProblem(ask({ 'sec-fetch-site': 'cross-site' }, method))).code,
        'foreign-origin',
      )
  })

  for (const host of [
    'evil.example',
    'evil.example:8088',
    'localhost.evil.example',
    '127.0.0.1.evil.example:8088',
    'a b',
    '',
  ])
    it(`a name that points at it: ${host}`, async () => {
      const problem = { status: 403, code: 'unknown-host', places: [] }
      assert.deepEqual(await readProblem(ask({ host })), problem)
      const sameOrigin = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
      assert.deepEqual(await readProblem(ask(sameOrigin, 'POST')), problem)
    })
})

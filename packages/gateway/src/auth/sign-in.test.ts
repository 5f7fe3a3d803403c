import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { callerTokenHeader } from '@saucery/chassis/auth/caller-token'
import type { JWTPayload } from 'jose'
import { openConnection, readText, startGateway } from '../testing/gateway.ts'
import { bearer, invalid, later, refusal, startSignIn } from '../testing/sign-in.ts'
import { clerk } from '../testing/tokens.ts'

const { gateway, provider, urls, readers, GATEWAY_SIGNING_KEY, ask, received, close } = await startSignIn()
after(close)

describe('a token', () => {
  it('becomes a caller token for each service, and is not forwarded itself', async () => {
    const exp = Math.floor(Date.now() / 1000) + 60
    const token = await provider.token({ exp })
    for (const path of ['/orders', '/payments']) {
      const { caller, signedInUntil, authorization } = await received(token, path)
      assert.deepEqual(caller, { subject: 'kim', role: 'branch', branchId: '1' })
      // The token itself is accepted until then.
      assert.equal(signedInUntil, exp + 5)
      assert.equal(authorization, undefined)
    }
  })

  it('is required for every call to a service', async () => {
    const missing = [401, 'not-signed-in', 'Bearer']
    for (const [method, path] of [
      ['GET', '/orders'],
      ['POST', '/payments/1'],
    ])
      assert.deepEqual(await refusal(fetch(gateway.url + path, { method: String(method) })), missing)
    for (const authorization of [
      'Basic a2ltOmtpbQ==',
      'Bearer',
      'Bearer a b',
      (await provider.token()).trim(),
    ])
      assert.deepEqual(await refusal(fetch(`${gateway.url}/orders`, { headers: { authorization } })), missing)
  })

  it('is not required for the gateway’s own pages', async () => {
    for (const path of ['/', '/openapi.json']) assert.equal((await fetch(gateway.url + path)).status, 200)
  })

  it('lets no page of another origin read an answer, unless `CORS_ORIGINS` names it', async () => {
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'POST' }
    for (const method of ['GET', 'OPTIONS'])
      for (const path of ['/', '/orders']) {
        const answer = await fetch(gateway.url + path, { method, headers })
        assert.deepEqual(
          [...answer.headers.keys()].filter((name) => name.startsWith('access-control')),
          [],
        )
      }
    const env = { ...urls, ...provider.env, GATEWAY_SIGNING_KEY, CORS_ORIGINS: '*' }
    await using open = await startGateway(env)
    const preflight = await fetch(`${open.url}/orders`, { method: 'OPTIONS', headers })
    assert.equal(preflight.status, 204)
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*')
  })

  it('is refused once it has expired, with 5 s for clocks that differ', async () => {
    const now = Math.floor(Date.now() / 1000)
    assert.deepEqual(await refusal(ask(await provider.token({ exp: now - 10 }))), [
      401,
      'token-expired',
      'Bearer error="invalid_token"',
    ])
    await received(await provider.token({ exp: now - 2 }))
  })

  const others: Record<string, JWTPayload> = {
    'for another audience': { aud: 'sauces' },
    'for no audience': { aud: undefined as never },
    'of another issuer': { iss: 'https://sign-in.example/' },
    'of no issuer': { iss: undefined as never },
    'that never expires': { exp: undefined as never },
    'that is not valid yet': { nbf: Math.floor(Date.now() / 1000) + 60 },
    'without a subject': { sub: undefined as never },
  }
  for (const [what, claims] of Object.entries(others))
    it(`${what} is refused`, async () => {
      assert.deepEqual(await refusal(ask(await provider.token(claims))), invalid)
    })

  it('is refused when it is malformed', async () => {
    const [head, body, signature] = (await provider.token()).split('.')
    const crit = Buffer.from('{"alg":"ES256","kid":"1","crit":["x"],"x":1}').toString('base64url')
    for (const text of [
      'a',
      'a.b.c',
      '..',
      `${head}.${body}.`,
      `${head}.${body}`,
      `${head}.e30.${signature}`,
      `e30.${body}.${signature}`,
      `bnVsbA.${body}.${signature}`,
      `${crit}.${body}.${signature}`,
      `${head}.${body}.${signature}.a.b`,
      'x'.repeat(8000),
    ])
      assert.deepEqual(await refusal(ask(text)), invalid, text.slice(0, 60))
  })

  it('permits nothing without a known role, or for a branch without its id', async () => {
    for (const claims of [
      { role: undefined },
      { role: 'admin' },
      { role: ['branch', 'operator'] },
      { role: 'branch', branch_id: undefined },
      { role: 'branch', branch_id: 'a b' },
    ])
      assert.deepEqual(await refusal(ask(await provider.token(claims))), [
        403,
        'role-missing',
        'Bearer error="insufficient_scope"',
      ])
  })

  it('may hold its branch as a number, and its role in a list of one', async () => {
    const { caller } = await received(await provider.token({ role: ['branch'], branch_id: 7 }))
    assert.deepEqual(caller, { subject: 'kim', role: 'branch', branchId: '7' })
  })

  it('may have claims of other names, by the settings', async () => {
    const names = { AUTH_ROLE_CLAIM: 'https://sauce.example/role', AUTH_BRANCH_CLAIM: 'shop' }
    await using other = await startGateway({ ...urls, ...provider.env, ...names, GATEWAY_SIGNING_KEY })
    const claims = { role: 'operator', 'https://sauce.example/role': 'branch', shop: '9' }
    const { caller } = await received(await provider.token(claims), '/orders', other.url)
    assert.deepEqual(caller, { subject: 'kim', role: 'branch', branchId: '9' })
  })
})

describe('many tokens', () => {
  it('are told apart, however alike and however often they come', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, i) => provider.token({ sub: `clerk-${i}`, branch_id: String(i) })),
    )
    for (let round = 0; round < 3; round++)
      await Promise.all(
        tokens.map(async (token, i) => {
          const { caller } = await received(token)
          assert.deepEqual(caller, { subject: `clerk-${i}`, role: 'branch', branchId: String(i) })
        }),
      )
  })

  it('do not share a cache entry when they begin and end alike', async () => {
    const [head, body, signature] = (await provider.token()).split('.')
    await received(`${head}.${body}.${signature}`)
    const grown = Buffer.from(JSON.stringify({ ...clerk(), branch_id: '2' })).toString('base64url')
    assert.deepEqual(await refusal(ask(`${head}.${grown}.${signature}`)), invalid)
  })

  it('of one caller make one caller token for each service, not valid for another', async () => {
    const token = await provider.token({ sub: 'often' })
    const { callerToken } = await received(token)
    assert.equal((await received(token)).callerToken, callerToken)
    assert.notEqual((await received(token, '/payments')).callerToken, callerToken)
    assert.equal(await readers.payment(callerToken), undefined)
  })
})

describe('a client', () => {
  it('cannot send a caller token itself, signed in or not', async () => {
    const forged = {
      [callerTokenHeader]: (await received(await provider.token({ role: 'operator' }))).callerToken,
    }
    assert.equal((await fetch(`${gateway.url}/orders`, { headers: forged })).status, 401)
    const { authorization } = bearer(await provider.token()).headers
    for (const connection of ['close', `close, ${callerTokenHeader}`]) {
      const headers = { ...forged, authorization, connection }
      const { client, answer } = openConnection(`${gateway.url}/orders`, { headers })
      client.end()
      const { caller } = JSON.parse(await readText(await answer))
      assert.deepEqual(caller, { subject: 'kim', role: 'branch', branchId: '1' })
    }
    await using unguarded = await startGateway(urls)
    const answer = await fetch(`${unguarded.url}/orders`, { headers: { ...forged, authorization } })
    assert.deepEqual(await answer.json(), {})
  })

  it('is signed out when its token expires between two requests', async () => {
    const token = await provider.token({ exp: Math.floor(Date.now() / 1000) + 10 })
    await received(token)
    await later(20_000, async () => {
      assert.deepEqual((await refusal(ask(token)))[1], 'token-expired')
    })
  })
})

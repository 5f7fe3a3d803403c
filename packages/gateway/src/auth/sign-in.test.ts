import assert from 'node:assert/strict'
import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { after, describe, it, mock } from 'node:test'
import { callerTokenHeader, callerTokenReader } from '@saucery/chassis/auth/caller-token'
import { readProblem } from '@saucery/chassis/testing/http'
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { openConnection, readText, startGateway, startUpstream } from '../testing/gateway.ts'
import { clerk, startProvider } from '../testing/tokens.ts'

const gatewayKey = generateKeyPairSync('ed25519')
const GATEWAY_SIGNING_KEY = String(gatewayKey.privateKey.export({ type: 'pkcs8', format: 'pem' }))
const tokenKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
const AUTH_PUBLIC_KEY = String(tokenKey.publicKey.export({ type: 'spki', format: 'pem' }))
const readers = {
  order: callerTokenReader('order', [gatewayKey.publicKey]),
  payment: callerTokenReader('payment', [gatewayKey.publicKey]),
}

/** A service that answers with the caller and the headers that it received. */
const service = (name: keyof typeof readers) =>
  startUpstream(async ({ headers }, response) => {
    const callerToken = headers[callerTokenHeader]
    const received = typeof callerToken === 'string' ? await readers[name](callerToken) : undefined
    const { signedInUntil, ...who } = received ?? {}
    const caller = received && who
    response.end(JSON.stringify({ caller, signedInUntil, callerToken, authorization: headers.authorization }))
  })

const order = await service('order')
const payment = await service('payment')
const provider = await startProvider()
const urls = { ORDER_URL: order.url, PAYMENT_URL: payment.url }
const gateway = await startGateway({ ...urls, ...provider.env, GATEWAY_SIGNING_KEY })
after(async () => {
  for (const it of [gateway, provider, order, payment]) await it[Symbol.asyncDispose]()
})

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const ask = (token: string, path = '/orders', url = gateway.url) => fetch(url + path, bearer(token))
async function received(token: string, path?: string, url?: string) {
  const answer = await ask(token, path, url)
  assert.equal(answer.status, 200)
  return (await answer.json()) as {
    caller?: object
    signedInUntil?: number
    callerToken: string
    authorization?: string
  }
}

async function refusal(answer: Promise<Response>) {
  const response = await answer
  const challenge = response.headers.get('www-authenticate')
  const { status, code } = await readProblem(response)
  return [status, code, challenge]
}

/** Runs with a clock that is `ms` ahead. */
async function later(ms: number, run: () => Promise<unknown>): Promise<void> {
  mock.timers.enable({ apis: ['Date'], now: Date.now() + ms })
  try {
    await run()
  } finally {
    mock.timers.reset()
  }
}

const invalid = [401, 'token-invalid', 'Bearer error="invalid_token"']

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

  it('is not required for the gateway’s own pages, nor for a preflight', async () => {
    for (const path of ['/', '/readyz']) assert.equal((await fetch(gateway.url + path)).status, 200)
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'POST' }
    const preflight = await fetch(`${gateway.url}/orders`, { method: 'OPTIONS', headers })
    assert.equal(preflight.status, 204)
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

describe('one key in the settings', () => {
  const settings = { ...urls, ...provider.env, AUTH_JWKS_URL: '', AUTH_PUBLIC_KEY, GATEWAY_SIGNING_KEY }
  const signed = (alg: string, key: Parameters<SignJWT['sign']>[0] = tokenKey.privateKey) =>
    new SignJWT(clerk()).setProtectedHeader({ alg }).sign(key)

  it('is enough', async () => {
    await using one = await startGateway(settings)
    for (const alg of ['RS256', 'PS256'])
      assert.ok((await received(await signed(alg), '/orders', one.url)).caller, alg)
  })

  it('accepts no token without a signature, with the key as a secret, or with another algorithm', async () => {
    await using one = await startGateway(settings)
    const tokens = [new UnsecuredJWT(clerk()).encode(), await signed('RS512')]
    const { publicKey } = tokenKey
    for (const secret of [
      AUTH_PUBLIC_KEY,
      AUTH_PUBLIC_KEY.trim(),
      publicKey.export({ type: 'spki', format: 'der' }),
      publicKey.export({ type: 'pkcs1', format: 'pem' }),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ])
      tokens.push(await signed('HS256', createSecretKey(Buffer.from(secret))))
    for (const token of tokens) assert.deepEqual(await refusal(ask(token, '/orders', one.url)), invalid)
  })

  it('accepts no caller token as a token', async () => {
    const own = gatewayKey.publicKey.export({ type: 'spki', format: 'pem' })
    await using one = await startGateway({ ...settings, AUTH_PUBLIC_KEY: String(own) })
    const { callerToken } = await received(await provider.token())
    assert.deepEqual(await refusal(ask(callerToken, '/orders', one.url)), invalid)
  })
})

describe('keys at a URL', () => {
  it('may change: a new key is found, and a removed one is no longer valid', async () => {
    await using changing = await startProvider()
    const settings = { ...urls, ...changing.env, AUTH_JWKS_COOLDOWN_MS: '1', GATEWAY_SIGNING_KEY }
    await using other = await startGateway(settings)
    const withdrawn = await changing.token({ sub: 'late' })
    await received(await changing.token(), '/orders', other.url)
    for (const alg of ['EdDSA', 'RS256', 'PS256', 'ES256']) {
      const { publish } = await changing.changeKey(alg, alg)
      const token = await changing.token()
      assert.deepEqual(await refusal(ask(token, '/orders', other.url)), invalid)
      publish()
      await received(token, '/orders', other.url)
    }
    assert.deepEqual(await refusal(ask(withdrawn, '/orders', other.url)), invalid)
  })

  it('are checked again for a token that was valid 30 s ago', async () => {
    await using changing = await startProvider()
    const settings = { ...urls, ...changing.env, AUTH_JWKS_COOLDOWN_MS: '1', GATEWAY_SIGNING_KEY }
    await using other = await startGateway(settings)
    const token = await changing.token()
    await received(token, '/orders', other.url)
    const { publish } = await changing.changeKey('2')
    publish()
    await received(await changing.token(), '/orders', other.url)
    await later(20_000, () => received(token, '/orders', other.url))
    await later(31_000, async () => {
      assert.deepEqual(await refusal(ask(token, '/orders', other.url)), invalid)
    })
  })

  it('are not read again for each token with an unknown key', async () => {
    await using changing = await startProvider()
    await using other = await startGateway({ ...urls, ...changing.env, GATEWAY_SIGNING_KEY })
    await received(await changing.token(), '/orders', other.url)
    await changing.changeKey('never published')
    for (let i = 0; i < 10; i++)
      assert.deepEqual(
        await refusal(ask(await changing.token({ jti: `${i}` }), '/orders', other.url)),
        invalid,
      )
    assert.equal(changing.readCount(), 1)
  })

  it('that cannot be reached give 503, until they can be', async () => {
    await using away = await startProvider()
    await using other = await startGateway({ ...urls, ...away.env, GATEWAY_SIGNING_KEY })
    const token = await away.token()
    away.breakOff(true)
    const answer = await ask(token, '/orders', other.url)
    assert.equal(answer.headers.get('retry-after'), '1')
    assert.deepEqual(await refusal(Promise.resolve(answer)), [503, 'sign-in-unavailable', null])
    assert.deepEqual((await refusal(fetch(`${other.url}/orders`)))[1], 'not-signed-in')
    away.breakOff(false)
    await received(token, '/orders', other.url)
  })

  it('give 503 when the answer is not a key set', async () => {
    await using order = await startUpstream((_, response) => response.end('<html>'))
    const wrong = { ...urls, ...provider.env, AUTH_JWKS_URL: order.url, GATEWAY_SIGNING_KEY }
    await using other = await startGateway(wrong)
    assert.equal((await refusal(ask(await provider.token(), '/orders', other.url)))[0], 503)
  })

  it('are not used when they are secrets', async () => {
    const secret = Buffer.from('a secret that is thirty-two bytes long, or more')
    const keys = [{ kty: 'oct', k: secret.toString('base64url'), kid: '1', alg: 'HS256' }]
    await using host = await startUpstream((_, response) => response.end(JSON.stringify({ keys })))
    const settings = { ...urls, ...provider.env, AUTH_JWKS_URL: host.url, GATEWAY_SIGNING_KEY }
    await using other = await startGateway(settings)
    const token = await new SignJWT(clerk()).setProtectedHeader({ alg: 'HS256', kid: '1' }).sign(secret)
    assert.deepEqual(await refusal(ask(token, '/orders', other.url)), invalid)
  })
})

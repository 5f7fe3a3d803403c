import assert from 'node:assert/strict'
import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { after, describe, it } from 'node:test'
import { SignJWT, UnsecuredJWT } from 'jose'
import { startGateway, startUpstream } from '../testing/gateway.ts'
import { invalid, later, refusal, startSignIn } from '../testing/sign-in.ts'
import { clerk, startProvider } from '../testing/tokens.ts'

const {
  provider,
  urls,
  GATEWAY_SIGNING_KEY,
  publicKey: gatewayKey,
  ask,
  received,
  close,
} = await startSignIn()
after(close)

const tokenKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
const AUTH_PUBLIC_KEY = String(tokenKey.publicKey.export({ type: 'spki', format: 'pem' }))

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
    const own = gatewayKey.export({ type: 'spki', format: 'pem' })
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

  it('are read again when the clock was set back', async () => {
    await using changing = await startProvider()
    const settings = { ...urls, ...changing.env, AUTH_JWKS_COOLDOWN_MS: '1', GATEWAY_SIGNING_KEY }
    await using other = await startGateway(settings)
    await received(await changing.token(), '/orders', other.url)
    const { publish } = await changing.changeKey('2')
    publish()
    const token = await changing.token()
    await later(-3_600_000, () => received(token, '/orders', other.url))
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

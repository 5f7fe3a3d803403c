import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, it } from 'node:test'
import { algorithmsOf, ed25519PrivateKey, ed25519PublicKeys, eventPublicKeys, publicKey } from './keys.ts'

const ed25519 = generateKeyPairSync('ed25519')
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicPem = (key: KeyObject) => String(key.export({ type: 'spki', format: 'pem' }))
const privatePem = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }))
const jwk = (key: KeyObject) => JSON.stringify(key.export({ format: 'jwk' }))

describe('the public keys of the publishers of events', () => {
  const pem = publicPem(ed25519.publicKey)

  it('are given as JSON by the name of the publisher, one or, while it is being changed, several', () => {
    const next = publicPem(generateKeyPairSync('ed25519').publicKey)
    const keys = eventPublicKeys.parse(JSON.stringify({ order: pem, payment: pem + next }))
    assert.deepEqual([keys.order?.length, keys.payment?.length], [1, 2])
  })

  it('are refused when they are no JSON, or not all public Ed25519 keys', () => {
    const wrong = [
      pem,
      '{',
      '[]',
      '{"order":7}',
      JSON.stringify({ order: pem, payment: publicPem(p256.publicKey) }),
    ]
    for (const text of [...wrong, JSON.stringify({ order: privatePem(ed25519.privateKey) })])
      assert.equal(eventPublicKeys.safeParse(text).success, false, text)
  })
})

describe('a public key in the settings', () => {
  for (const { publicKey: key } of [ed25519, p256, rsa])
    it(`may be ${key.asymmetricKeyType}, as PEM or JWK`, () => {
      for (const text of [publicPem(key), publicPem(key).replaceAll('\n', '\\n'), jwk(key)])
        assert.ok(publicKey.parse(text).equals(key))
    })

  it('is not a private key, a weak one, or one for another algorithm', () => {
    for (const text of [
      jwk(ed25519.privateKey),
      privatePem(ed25519.privateKey),
      publicPem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
      publicPem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
      publicPem(generateKeyPairSync('x25519').publicKey),
      '{"kty":"oct","k":"c2VjcmV0"}',
      publicPem(p256.publicKey) + publicPem(rsa.publicKey),
      'hunter2',
    ])
      assert.equal(publicKey.safeParse(text).success, false, text)
  })

  it('of the gateway is Ed25519, and there may be two', () => {
    const next = generateKeyPairSync('ed25519').publicKey
    const keys = ed25519PublicKeys.parse(publicPem(ed25519.publicKey) + publicPem(next))
    assert.deepEqual(
      keys.map((key) => key.export({ format: 'jwk' })),
      [ed25519.publicKey, next].map((key) => key.export({ format: 'jwk' })),
    )
    assert.equal(ed25519PublicKeys.safeParse(publicPem(rsa.publicKey)).success, false)
  })

  it('decides the algorithms', () => {
    assert.deepEqual(algorithmsOf(ed25519.publicKey), ['EdDSA', 'Ed25519'])
    assert.deepEqual(algorithmsOf(p256.publicKey), ['ES256'])
    assert.deepEqual(algorithmsOf(rsa.publicKey), ['RS256', 'PS256'])
  })
})

describe('the private key in the settings', () => {
  it('may be PEM or JWK', () => {
    for (const text of [privatePem(ed25519.privateKey), jwk(ed25519.privateKey)])
      assert.ok(createPublicKey(ed25519PrivateKey.parse(text)).equals(ed25519.publicKey))
  })

  it('is Ed25519 and private', () => {
    for (const text of [publicPem(ed25519.publicKey), jwk(ed25519.publicKey), privatePem(rsa.privateKey)])
      assert.equal(ed25519PrivateKey.safeParse(text).success, false)
  })

  it('is not shown when it is wrong', () => {
    const half = privatePem(ed25519.privateKey).slice(0, 50)
    for (const text of [half, `{"d":"${half}`])
      assert.ok(!JSON.stringify(ed25519PrivateKey.safeParse(text).error).includes(half.slice(30)))
  })
})

import assert from 'node:assert/strict'
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, it, mock } from 'node:test'
import type { Caller } from '@saucery/contracts/access/scope'
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { branch, courier, operator } from '../testing/caller-tokens.ts'
import { callerTokenReader, callerTokenSigner } from './caller-token.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const sign = callerTokenSigner(privateKey)
const read = (token: string, service = 'order', keys = [publicKey]) => callerTokenReader(service, keys)(token)

/** The header of a token that the gateway signed, to be used in others. */
const header = async () => {
  const [first = ''] = (await sign(operator, 'order')).split('.')
  return JSON.parse(Buffer.from(first, 'base64url').toString()) as { alg: string; kid: string }
}

const claims = { iss: 'gateway', aud: 'order', sub: 'kim', role: 'operator', exp: Date.now() / 1000 + 50 }

const signed = async (changed: JWTPayload, key: KeyObject | Uint8Array = privateKey, alg = 'EdDSA') =>
  new SignJWT({ ...claims, ...changed }).setProtectedHeader({ ...(await header()), alg }).sign(key)

describe('a caller token', () => {
  for (const caller of [
    branch('강남-1호점'),
    courier,
    { ...operator, signedInUntil: 1_900_000_000.5 },
    { ...operator, subject: '김 "x" é' },
  ] as Caller[])
    it(`names the caller ${JSON.stringify(caller.subject)} as the gateway knows it`, async () => {
      assert.deepEqual(await read(await sign(caller, 'order')), caller)
    })

  it('is not valid for another service', async () => {
    assert.equal(await read(await sign(operator, 'payment')), undefined)
  })

  it('is not valid when another key signed it, whatever key it names', async () => {
    const forger = generateKeyPairSync('ed25519').privateKey
    assert.equal(await read(await callerTokenSigner(forger)(operator, 'order')), undefined)
    assert.equal(await read(await signed({}, forger)), undefined)
    assert.ok(await read(await signed({})))
  })

  it('is not valid unsigned, or signed with the public key as a secret', async () => {
    assert.equal(await read(new UnsecuredJWT({ ...claims }).encode()), undefined)
    const pem = publicKey.export({ type: 'spki', format: 'pem' })
    const der = publicKey.export({ type: 'spki', format: 'der' })
    for (const secret of [Buffer.from(pem), der])
      assert.equal(await read(await signed({}, createSecretKey(secret), 'HS256')), undefined)
  })

  it('is not valid with other claims than the gateway sets', async () => {
    for (const changed of [
      { iss: 'somebody' },
      { aud: undefined },
      { aud: 'orders' },
      { exp: undefined },
      { exp: Date.now() / 1000 - 6 },
      { role: 'admin' },
      { role: 'branch' },
      { signedInUntil: 'tomorrow' },
      { sub: undefined },
    ])
      assert.equal(await read(await signed(changed as JWTPayload)), undefined, JSON.stringify(changed))
  })

  it('is not valid when it is any other text', async () => {
    for (const text of ['', '.', '..', 'a.b.c', 'null', '{}', `${await sign(operator, 'order')}x`])
      assert.equal(await read(text), undefined, text)
  })

  it('is valid from the old key and the new one while the key is being changed', async () => {
    const next = generateKeyPairSync('ed25519')
    const both = callerTokenReader('order', [publicKey, next.publicKey])
    assert.deepEqual(await both(await sign(courier, 'order')), courier)
    assert.deepEqual(await both(await callerTokenSigner(next.privateKey)(courier, 'order')), courier)
  })
})

describe('with time', () => {
  it('the same token is sent for 30 s, and is not valid after its minute', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    try {
      // Not the signer of the other tests: it may have signed for this caller some time ago.
      const sign = callerTokenSigner(privateKey)
      const reader = callerTokenReader('order', [publicKey])
      const first = await sign(courier, 'order')
      mock.timers.tick(29_000)
      assert.equal(await sign(courier, 'order'), first)
      assert.deepEqual(await reader(first), courier)
      mock.timers.tick(2_000)
      const second = await sign(courier, 'order')
      assert.notEqual(second, first)
      mock.timers.tick(40_000)
      assert.equal(await reader(first), undefined)
      assert.deepEqual(await reader(second), courier)
    } finally {
      mock.timers.reset()
    }
  })
})

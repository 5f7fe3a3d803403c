import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { jwtVerify } from 'jose'
import { signInEnv, signToken } from './sign-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'sign-in-'))
after(() => rmSync(folder, { recursive: true }))
const here = signInEnv(folder, { AUTH: 'on' })

describe('signing in', () => {
  it('is off by default, for the gateway and the services', () => {
    for (const env of [{}, { AUTH: '' }, { AUTH: 'off', AUTH_ISSUER: 'x' }])
      assert.deepEqual(signInEnv(folder, env), { gateway: { AUTH: 'off' }, services: { AUTH: 'off' } })
    assert.throws(() => signInEnv(folder, { AUTH: 'yes' }), /on or off: yes/)
  })

  it('is on with keys that are kept and that only their owner can read', () => {
    assert.deepEqual(signInEnv(folder, { AUTH: 'on' }), here)
    const keys = readdirSync(join(folder, 'keys'))
    assert.deepEqual(new Set(keys), new Set(['gateway.pem', 'tokens.pem']))
    for (const key of keys) assert.equal(statSync(join(folder, 'keys', key)).mode & 0o777, 0o600)
  })

  it('gives the services no key that could sign', () => {
    assert.deepEqual(Object.keys(here.services), ['AUTH', 'GATEWAY_PUBLIC_KEY'])
    assert.match(String(here.services.GATEWAY_PUBLIC_KEY), /BEGIN PUBLIC KEY/)
  })

  it('uses the keys that the environment names', () => {
    const named = { AUTH_JWKS_URL: 'https://a.example', AUTH_ISSUER: 'a', AUTH_AUDIENCE: 'b' }
    const { gateway } = signInEnv(folder, { AUTH: 'on', ...named, HOME: '/' })
    const { GATEWAY_SIGNING_KEY } = here.gateway
    assert.deepEqual(gateway, { ...named, AUTH: 'on', GATEWAY_SIGNING_KEY })
  })
})

it('signs a token that the gateway accepts', async () => {
  const token = await signToken(folder, { role: 'branch', branch: '1', subject: 'kim' })
  const { AUTH_PUBLIC_KEY = '', AUTH_ISSUER = '', AUTH_AUDIENCE = '' } = here.gateway
  const { payload } = await jwtVerify(token, createPublicKey(AUTH_PUBLIC_KEY), {
    issuer: AUTH_ISSUER,
    audience: AUTH_AUDIENCE,
    requiredClaims: ['exp'],
  })
  assert.equal(payload.sub, 'kim')
  assert.equal(payload.role, 'branch')
  assert.equal(payload.branch_id, '1')
})

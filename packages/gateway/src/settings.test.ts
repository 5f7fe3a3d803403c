import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { BadSettings, readSettings } from '@saucery/chassis/settings/settings'
import { gatewaySettings } from './settings.ts'
import { urlsOfServices } from './testing/gateway.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const services = {
  PORT: '80',
  MANAGEMENT_PORT: '81',
  ...urlsOfServices('http://service'),
}
const key = String(publicKey.export({ type: 'spki', format: 'pem' }))
const enough = {
  ...services,
  AUTH_JWKS_URL: 'https://sign-in.example/keys',
  AUTH_ISSUER: 'https://sign-in.example',
  AUTH_AUDIENCE: 'saucery',
  GATEWAY_SIGNING_KEY: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
}

const none = new Set<string>()

/** The names of the settings that are reported as wrong. */
function wrong(env: Record<string, string>): Set<string> {
  try {
    readSettings(gatewaySettings, env)
    return none
  } catch (error) {
    assert.ok(error instanceof BadSettings)
    return new Set([...error.message.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => String(name)))
  }
}

describe('the gateway', () => {
  it('starts with all that sign-in needs', () => {
    assert.deepEqual(wrong(enough), none)
    assert.deepEqual(wrong({ ...enough, AUTH_JWKS_URL: '', AUTH_PUBLIC_KEY: key }), none)
  })

  it('does not start without them, and reports all that are missing', () => {
    const needed = ['AUTH_AUDIENCE', 'AUTH_ISSUER', 'AUTH_JWKS_URL', 'GATEWAY_SIGNING_KEY']
    assert.deepEqual(wrong(services), new Set(needed))
    assert.deepEqual(wrong({}), new Set([...needed, ...Object.keys(services)]))
  })

  it('refuses keys from two places', () => {
    assert.deepEqual(wrong({ ...enough, AUTH_PUBLIC_KEY: key }), new Set(['AUTH_PUBLIC_KEY']))
  })

  it('needs none of them with AUTH=off, on a loopback address only', () => {
    assert.deepEqual(wrong({ ...services, AUTH: 'off', HOST: '127.0.0.1' }), none)
    assert.deepEqual(wrong({ ...services, AUTH: 'off' }), new Set(['AUTH']))
  })

  it('lets pages of every origin call it only with sign-in', () => {
    assert.deepEqual(wrong({ ...enough, CORS_ORIGINS: '*' }), none)
    const off = { ...services, AUTH: 'off', HOST: '127.0.0.1' }
    assert.deepEqual(wrong({ ...off, CORS_ORIGINS: 'https://a.example, *' }), new Set(['CORS_ORIGINS']))
    assert.deepEqual(wrong({ ...off, CORS_ORIGINS: 'https://a.example' }), none)
    const credentials = { ...enough, CORS_CREDENTIALS: 'on' }
    assert.deepEqual(wrong({ ...credentials, CORS_ORIGINS: '*' }), new Set(['CORS_CREDENTIALS']))
    assert.deepEqual(wrong({ ...credentials, CORS_ORIGINS: 'https://a.example' }), none)
  })
})

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { eventKeySettings } from '../testing/keys.ts'
import { BadSettings, participantSettings, readSettings } from './settings.ts'

const { publicKey } = generateKeyPairSync('ed25519')
const GATEWAY_PUBLIC_KEY = String(publicKey.export({ type: 'spki', format: 'pem' }))
const enough = {
  PORT: '80',
  MANAGEMENT_PORT: '81',
  NATS_URL: 'nats://nats',
  POSTGRES_URL: 'postgres://db/orders',
  ...eventKeySettings,
}
const needed = Object.keys(enough)

/** The settings that are reported as wrong, with the reasons. */
function wrong(env: Record<string, string>): Record<string, string> {
  try {
    readSettings(participantSettings.extend({ MORE: z.string().optional() }), env)
    return {}
  } catch (error) {
    assert.ok(error instanceof BadSettings)
    const lines = [...error.message.matchAll(/^ {2}(\w+): (.*)$/gm)]
    assert.equal(new Set(lines.map(([, name]) => name)).size, lines.length, error.message)
    return Object.fromEntries(lines.map(([, name, text]) => [name, text]))
  }
}

describe('a service', () => {
  it('starts with a key', () => {
    assert.deepEqual(wrong({ ...enough, GATEWAY_PUBLIC_KEY }), {})
  })

  it('does not start without one, and reports that with every other error', () => {
    assert.deepEqual(wrong(enough), { GATEWAY_PUBLIC_KEY: 'is not set' })
    const names = ['GATEWAY_PUBLIC_KEY', 'LOG_LEVEL', ...needed]
    assert.deepEqual(new Set(Object.keys(wrong({ LOG_LEVEL: 'loud' }))), new Set(names))
  })

  it('does not start with a malformed key', () => {
    assert.deepEqual(Object.keys(wrong({ ...enough, GATEWAY_PUBLIC_KEY: 'hunter2' })), ['GATEWAY_PUBLIC_KEY'])
  })

  it('needs no key with AUTH=off on a loopback address', () => {
    for (const HOST of ['127.0.0.1', '::1', 'localhost'])
      assert.deepEqual(wrong({ ...enough, AUTH: 'off', HOST }), {}, HOST)
    for (const HOST of ['', '0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com'])
      assert.match(String(wrong({ ...enough, AUTH: 'off', HOST }).AUTH), /loopback/, HOST)
    const names = ['AUTH', ...needed]
    assert.deepEqual(new Set(Object.keys(wrong({ AUTH: 'off' }))), new Set(names))
  })

  it('needs no key with AUTH=off on other addresses only with the long setting', () => {
    const off = { ...enough, AUTH: 'off', HOST: '0.0.0.0' }
    assert.deepEqual(wrong({ ...off, AUTH_OFF_BEYOND_LOOPBACK: 'yes-anyone-may-do-everything' }), {})
    for (const AUTH_OFF_BEYOND_LOOPBACK of ['yes', 'true', '1', 'on'])
      assert.ok('AUTH_OFF_BEYOND_LOOPBACK' in wrong({ ...off, AUTH_OFF_BEYOND_LOOPBACK }))
    const on = { ...enough, AUTH_OFF_BEYOND_LOOPBACK: 'yes-anyone-may-do-everything' }
    assert.deepEqual(wrong(on), { GATEWAY_PUBLIC_KEY: 'is not set' })
  })

  it('takes no other value for off', () => {
    for (const AUTH of ['false', '0', 'OFF', 'no'])
      assert.ok('AUTH' in wrong({ ...enough, AUTH, HOST: '127.0.0.1' }), AUTH)
  })
})

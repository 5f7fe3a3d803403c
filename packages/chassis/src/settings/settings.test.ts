import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventKeySettings } from '../testing/keys.ts'
import {
  BadSettings,
  commandSettings,
  commonSettings,
  participantSettings,
  readSettings,
} from './settings.ts'

const enough = {
  PORT: '8080',
  MANAGEMENT_PORT: '8081',
  GATEWAY_PUBLIC_KEY: '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
  NATS_URL: 'nats://nats:4222',
  POSTGRES_URL: 'postgres://role:secret@db/orders',
  ...eventKeySettings,
}

const messageOf = (env: Record<string, string | undefined>): string => {
  try {
    readSettings(participantSettings, env)
  } catch (error) {
    assert.ok(error instanceof BadSettings)
    return error.message
  }
  throw new assert.AssertionError({ message: 'the settings were accepted' })
}

describe('the settings', () => {
  it('are read with their types, and their defaults', () => {
    const settings = readSettings(participantSettings, { ...enough, SHUTDOWN_GRACE_MS: '500' })
    assert.equal(settings.PORT, 8080)
    assert.equal(settings.SHUTDOWN_GRACE_MS, 500)
    assert.equal(settings.HOST, '0.0.0.0')
    assert.equal(settings.STREAM_REPLICAS, 1)
    assert.equal(settings.OUTBOX_RETENTION_MS, 7 * 24 * 3_600_000)
    assert.equal(settings.NATS_USER, undefined)
    assert.equal(readSettings(commandSettings, enough).IDEMPOTENCY_RETENTION_MS, 24 * 3_600_000)
  })

  it('are reported as wrong all at once, one line each', () => {
    const message = messageOf({ ...enough, PORT: 'http', LOG_LEVEL: 'loud', NATS_URL: undefined })
    const lines = message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(':')[0])
    assert.deepEqual(lines.sort(), ['LOG_LEVEL', 'NATS_URL', 'PORT'])
  })

  it('are reported as not set when they are missing', () => {
    assert.match(messageOf({}), /^ {2}PORT: is not set$/m)
  })

  it('count as not set when they are blank', () => {
    assert.match(messageOf({ ...enough, POSTGRES_URL: '' }), /POSTGRES_URL: is not set/)
    assert.equal(readSettings(commonSettings, { PORT: '1', MANAGEMENT_PORT: '2', HOST: ' ' }).HOST, '0.0.0.0')
  })

  for (const PORT of ['-1', '65536', '80.5', 'http'])
    it(`refuse the port ${JSON.stringify(PORT)}`, () => {
      assert.match(messageOf({ ...enough, PORT }), /PORT/)
    })

  it('are reported without their values, which can be secrets', () => {
    const message = messageOf({ ...enough, PORT: 'hunter2', POSTGRES_URL: 'mysql://role:hunter2@db/orders' })
    assert.match(message, /POSTGRES_URL/)
    assert.ok(!message.includes('hunter2'))
  })

  it('refuse a database URL that does not say how much TLS it demands', () => {
    for (const sslmode of ['prefer', 'allow', 'verify', ''])
      assert.match(
        messageOf({ ...enough, POSTGRES_URL: `${enough.POSTGRES_URL}?sslmode=${sslmode}` }),
        /sslmode/,
      )
    for (const parameters of ['', '?sslmode=verify-full', '?sslrootcert=/ca.pem', '?sslmode=require'])
      readSettings(participantSettings, { ...enough, POSTGRES_URL: enough.POSTGRES_URL + parameters })
    assert.match(messageOf({ ...enough, POSTGRES_URL: 'no URL' }), /POSTGRES_URL/)
  })

  it('ignore unknown variables', () => {
    assert.ok(!('HOME' in readSettings(commonSettings, { PORT: '1', MANAGEMENT_PORT: '2', HOME: '/' })))
  })
})

describe('drills', () => {
  it('are off by default, and are refused in production, whoever turns them on', () => {
    assert.equal(readSettings(participantSettings, enough).DRILLS, 'off')
    assert.equal(
      readSettings(participantSettings, { ...enough, DRILLS: 'on', NODE_ENV: 'test' }).DRILLS,
      'on',
    )
    assert.match(
      messageOf({ ...enough, DRILLS: 'on', NODE_ENV: 'production' }),
      /DRILLS: may not be on where NODE_ENV is production/,
    )
  })
})

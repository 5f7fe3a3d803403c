import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { consumingServices, familyOf, publishers } from '@saucery/contracts/choreography'
import type { NatsAccess } from '../access/nats-users.ts'
import { serviceEnv } from './service-env.ts'
import { managementOf, type ServiceName, type ServicePorts, serviceNames } from './service-ports.ts'
import type { Stores } from './stores.ts'

const login = (user: string) => ({ user, password: `${user}-secret` })
const nats: NatsAccess = {
  url: 'nats://127.0.0.1:1',
  users: Object.fromEntries(
    [...consumingServices, 'provisioner', 'operator'].map((user) => [user, login(user)]),
  ) as NatsAccess['users'],
}
const databases = {
  ...Object.fromEntries(publishers.map(familyOf).map((name) => [name, `postgres://${name}`])),
  dashboard: 'mongodb://dashboard',
} as Stores['databases']
const dataDir = mkdtempSync(join(tmpdir(), 'service-env-'))
after(() => rmSync(dataDir, { recursive: true }))
const ports = Object.fromEntries(
  serviceNames.flatMap((name, i) => [
    [name, i + 1],
    [managementOf(name), i + 101],
  ]),
) as ServicePorts
const startEnv = {
  PAYMENT_LIMIT: '7',
  POSTGRES_URL: 'postgres://admin',
  NATS_URL: 'nats://all',
  MONGODB_URL: 'mongodb://all',
  AUTH: 'off',
  AUTH_ISSUER: 'any issuer',
  GATEWAY_SIGNING_KEY: 'another key',
  WEB_ROOT: '/another/page',
}
const signIn = {
  gateway: { AUTH: 'on', GATEWAY_SIGNING_KEY: 'secret' },
  services: { AUTH: 'on', GATEWAY_PUBLIC_KEY: 'public' },
}
const envOf = (name: ServiceName, env: NodeJS.ProcessEnv = startEnv) =>
  serviceEnv(name, { dataDir, ports, env, stores: { databases, nats }, signIn, bundle: { page: '/page' } })

it('gives a service its own database and login, and the settings in the environment of start', () => {
  const { EVENT_SIGNING_KEY, EVENT_PUBLIC_KEYS, ...others } = envOf('payment')
  assert.deepEqual(others, {
    PAYMENT_LIMIT: '7',
    HOST: '127.0.0.1',
    PORT: '2',
    MANAGEMENT_PORT: '102',
    LOG_FORMAT: 'json',
    AUTH: 'on',
    GATEWAY_PUBLIC_KEY: 'public',
    POSTGRES_URL: 'postgres://payments',
    NATS_URL: 'nats://127.0.0.1:1',
    NATS_USER: 'payment',
    NATS_PASSWORD: 'payment-secret',
  })
})

it('gives a service its own key, and the public keys of all that publish', () => {
  const pemOf = (name: ServiceName) => envOf(name).EVENT_SIGNING_KEY
  assert.equal(new Set(publishers.map(pemOf)).size, publishers.length)
  assert.deepEqual([pemOf('dashboard'), pemOf('gateway')], [undefined, undefined])
  for (const name of consumingServices) {
    const keys = JSON.parse(String(envOf(name).EVENT_PUBLIC_KEYS))
    assert.deepEqual(Object.keys(keys), publishers)
    for (const key of Object.values(keys)) assert.match(String(key), /BEGIN PUBLIC KEY/)
  }
})

it('gives the gateway the addresses of the others, the signing key, the page and no rate limit, but no credentials', () => {
  assert.deepEqual(envOf('gateway'), {
    RATE_LIMIT_PER_MINUTE: '0',
    PAYMENT_LIMIT: '7',
    HOST: '127.0.0.1',
    PORT: `${ports.gateway}`,
    MANAGEMENT_PORT: `${ports['gateway-management']}`,
    LOG_FORMAT: 'json',
    AUTH: 'on',
    GATEWAY_SIGNING_KEY: 'secret',
    WEB_ROOT: '/page',
    ...Object.fromEntries(
      consumingServices.map((name) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${ports[name]}`]),
    ),
  })
})

it('gives the dashboard alone the key of its resume tokens, which is kept', () => {
  const { RESUME_TOKEN_KEY } = envOf('dashboard', { RESUME_TOKEN_KEY: 'another key' })
  assert.match(String(RESUME_TOKEN_KEY), /^[\w-]{32}$/)
  assert.equal(envOf('dashboard').RESUME_TOKEN_KEY, RESUME_TOKEN_KEY)
  for (const name of [...publishers, 'gateway'] as const)
    assert.equal(envOf(name, { RESUME_TOKEN_KEY: 'another key' }).RESUME_TOKEN_KEY, undefined)
})

it('gives the dashboard no Postgres, and the others no MongoDB', () => {
  assert.equal(envOf('dashboard').POSTGRES_URL, undefined)
  assert.equal(envOf('order').MONGODB_URL, undefined)
})

it('keeps a rate limit that the environment of start sets', () => {
  assert.equal(envOf('gateway', { RATE_LIMIT_PER_MINUTE: '9' }).RATE_LIMIT_PER_MINUTE, '9')
})

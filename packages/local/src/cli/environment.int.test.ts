// What differs on a user's machine, where commands run as processes. The rows that need no process, and no whole start:
// system/environment.test.ts and system/environment.int.test.ts.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { type RunResult, run } from '@saucery/servers/process/run'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { type BundledSources, bundleSources } from '../testing/bundle-sources.ts'
import { startCommand } from '../testing/started.ts'

let folder = ''
before(async () => {
  folder = await tempFolder()
})
after(() => removeTempFolder(folder))

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}
/** The scripts that are programs of ours, with their arguments. */
const programs = Object.entries(scripts).flatMap(([name, command]) =>
  command.startsWith('tsx ') ? [{ name, args: command.split(' ').slice(1) }] : [],
)

/** The programs, bundled: each of the many runs begins in a third of the time. */
let bundled: BundledSources
const sources = [...new Set(programs.map(({ args: [source = ''] }) => source))]
before(async () => {
  bundled = await bundleSources(sources.map((source) => [source]))
})
after(() => bundled[Symbol.asyncDispose]())

/** Runs a script where nothing is: no server, and an empty data folder. */
function command([source = '', ...args]: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
  const nothing = { NATS_URL: 'nats://127.0.0.1:1', SAUCERY_DATA: join(folder, 'nothing') }
  const options = { cwd: root, env: { ...process.env, ...nothing, ...env }, timeout: 60_000 }
  return run(process.execPath, [bundled.files[sources.indexOf(source)] ?? '', ...args], options)
}

describe('every script explains itself, and does nothing else:', { concurrency: 2 }, () => {
  assert.ok(programs.length > 20)
  for (const { name, args } of programs)
    it(`${name} --help`, async () => {
      const { code, stdout, stderr } = await command([...args, '--help'])
      assert.equal(code, 0, stderr)
      assert.match(stdout, /^(Usage: npx pnpm@12|pnpm) .*\n(.*\n)*\n/)
      assert.throws(() => readdirSync(join(folder, 'nothing')), { code: 'ENOENT' })
    })

  for (const name of ['start', 'test', 'screenshots', 'replay'])
    it(`${name} --nonsense`, async () => {
      const { args = [] } = programs.find((program) => program.name === name) ?? {}
      const { code, stderr } = await command([...args, '--nonsense'])
      assert.equal(code, 2)
      assert.match(stderr, /^Unknown option '--nonsense'.*\n(.*\n)*Usage: npx pnpm@12 /)
    })
})

describe('start refuses, once and before it starts anything:', { concurrency: 2 }, () => {
  const rows = [
    {
      env: { LOG_LEVEL: 'WARN', PAYMENT_LIMIT: 'lots' },
      error: /^ {2}LOG_LEVEL: must be .*\n {2}PAYMENT_LIMIT: must be a number\n$/m,
    },
    { env: { GATEWAY_PORT: 'http' }, error: /^GATEWAY_PORT is not a port: http\n$/ },
    { env: { AUTH: 'maybe' }, error: /^AUTH has to be on or off: maybe\n$/ },
    { env: { SAUCERY_DATA: '/dev/null' }, error: /^[^\n]*\/dev\/null[^\n]*\n$/ },
  ]
  const anyPorts = Object.fromEntries(
    ['ORDER', 'PAYMENT', 'DELIVERY', 'DASHBOARD', 'GATEWAY'].map((name) => [`${name}_PORT`, '0']),
  )
  for (const { env, error } of rows)
    it(JSON.stringify(env), async () => {
      const { code, stdout, stderr } = await command(['packages/local/src/cli/start.ts'], {
        ...anyPorts,
        ...env,
      })
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, error)
    })
})

/** What differs and has to make no difference, all at once: one variable for each row. */
const harmless = {
  TZ: 'Asia/Kathmandu',
  LC_ALL: 'tr_TR.UTF-8',
  LANG: 'xx_XX',
  NODE_ENV: 'production',
  NODE_OPTIONS: '--max-old-space-size=4096',
  NODE_USE_ENV_PROXY: '1',
  HTTP_PROXY: 'http://127.0.0.1:9',
  http_proxy: 'http://127.0.0.1:9',
  CI: 'true',
  DEBUG: '*',
  FORCE_COLOR: '1',
  HOME: '/nowhere',
  PGHOST: 'nowhere',
  PGPORT: '9',
  PGUSER: 'nobody',
  PGPASSWORD: 'wrong',
  PGDATABASE: 'none',
  PGDATA: '/nowhere',
  PGOPTIONS: '-c nonsense=1',
  PGSERVICE: 'none',
  PGSSLMODE: 'verify-full',
  PGTARGETSESSIONATTRS: 'any',
  PYTHONHOME: '/nowhere',
  PYTHONPATH: '/nowhere',
  PIP_REQUIRE_VIRTUALENV: '1',
  PIP_TARGET: '/nowhere',
  NATS_USER: 'nobody',
  NATS_PASSWORD: 'wrong',
  MONGOMS_VERSION: '0.0.0',
  PORT: '1',
  HOST: '203.0.113.1',
}

describe('a start where everything is different', { timeout: 120_000 }, () => {
  it('runs a system in which orders take every path, and stops when its terminal is closed', async () => {
    const data = join(folder, 'pay$$roll #1 50%41', 'it\'s "ä" 소스')
    mkdirSync(data, { recursive: true })
    symlinkSync(data, join(folder, 'link'))
    const env = { ...harmless, LOG_LEVEL: '', TMPDIR: join(folder, 'not-made-yet'.repeat(10)) }
    const shell = 'umask 077; ulimit -n 256; exec <&-'
    const started = await startCommand(join(folder, 'link'), { env, shell })
    try {
      const demo = await command(['packages/local/src/cli/demo.ts', '--url', started.url], env)
      assert.equal(demo.code, 0, demo.stdout + demo.stderr)
      assert.doesNotMatch(started.output(), / INFO: /)
    } finally {
      started.closeOutput()
      assert.equal(await started.signal('SIGHUP'), 0)
    }
  })
})

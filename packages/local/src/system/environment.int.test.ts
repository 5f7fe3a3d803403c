// What differs on a user's machine, and what is expected then: one row for each. docs/strange-machines.md is for its
// readers. Whole starts, and commands as processes: cli/environment.int.test.ts.
import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { migrate } from '@saucery/messaging/postgres/migrate'
import { sessionSettings } from '@saucery/messaging/postgres/session'
import { findMongodb } from '@saucery/servers/mongodb/find-mongodb'
import { startNats } from '@saucery/servers/nats/start-nats'
import { createDatabases } from '@saucery/servers/postgres/databases'
import { findPostgres } from '@saucery/servers/postgres/find-postgres'
import { startPostgres } from '@saucery/servers/postgres/start-postgres'
import { lockFolder } from '@saucery/servers/process/folder-lock'
import type { Server } from '@saucery/servers/process/server'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import postgres from 'postgres'

const orderMigrations = new URL('../../../order/migrations/', import.meta.url)
const nothingOnThePath = { PATH: '/nowhere' }

let folder = ''
before(async () => {
  folder = await tempFolder()
})
after(() => removeTempFolder(folder))

/** A value that a role may have, other than the one that a session needs. */
const otherDefaults: typeof sessionSettings = {
  DateStyle: 'German, DMY',
  TimeZone: 'Asia/Kathmandu',
  IntervalStyle: 'sql_standard',
  extra_float_digits: '-15',
  bytea_output: 'escape',
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  transform_null_equals: 'on',
  search_path: 'elsewhere',
  default_transaction_isolation: 'serializable',
  default_transaction_read_only: 'on',
  default_transaction_deferrable: 'on',
  synchronous_commit: 'off',
  statement_timeout: '1ms',
  lock_timeout: '1ms',
  idle_in_transaction_session_timeout: '1ms',
  idle_session_timeout: '1ms',
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'on',
  enable_hashjoin: 'on',
  enable_mergejoin: 'on',
  jit: 'on',
}

/** Who may set up the services' databases, and how it is named in POSTGRES_URL. */
const administrators: { name: string; role: string; password: string; hasOtherDefaults?: boolean }[] = [
  { name: 'a superuser', role: 'superuser', password: 'x' },
  { name: 'an administrator who is no superuser', role: 'createdb createrole', password: 'x' },
  { name: 'a password with every separator', role: 'superuser', password: 'p:@/#?%&= ,é' },
  { name: 'an administrator with other defaults', role: 'superuser', password: 'x', hasOtherDefaults: true },
]

const programs = { 'on the PATH': { ...process.env, POSTGRES_URL: '' }, 'of npm': nothingOnThePath }

for (const [where, env] of Object.entries(programs))
  describe(`the Postgres ${where}`, () => {
    let server: Server
    let ask: postgres.Sql
    before(async () => {
      server = await startPostgres({ dataDir: join(folder, where), env })
      ask = postgres(server.url, { max: 1, onnotice: () => {} })
    })
    after(async () => {
      await ask.end({ timeout: 1 })
      await server.stop()
    })

    async function setOtherDefaults(role: string): Promise<void> {
      for (const [setting, value] of Object.entries(otherDefaults))
        await ask.unsafe(`alter role "${role}" set ${setting} to ${value.split(', ').map((v) => `'${v}'`)}`)
    }

    for (const [i, { name, role, password, hasOtherDefaults }] of administrators.entries())
      it(`is set up by ${name}`, async () => {
        const admin = `admin-${i}`
        await ask.unsafe(`create role "${admin}" login password '${password}' ${role}`)
        await ask.unsafe(`grant connect on database postgres to "${admin}"`)
        if (hasOtherDefaults) await setOtherDefaults(admin)
        const url = server.url.replace(/:\/\/.*@/, `://${admin}:${encodeURIComponent(password)}@`)
        const database = `orders-${i}`
        const owned = [{ database, role: `order-${i}`, password: 'secret' }] as const
        // The second time as at the next start.
        for (let times = 0; times < 2; times += 1) {
          const urls = await createDatabases(url, owned)
          const service = openDatabase(String(urls[database]), 'test', { connections: 1 })
          await service.db.execute('create table if not exists t (n int)').finally(service.close)
        }
      })

    it('is not set up by a user who may create nothing, and the error says what is missing', async () => {
      await ask`create role clerk login password 'x'`
      await ask`grant connect on database postgres to clerk`
      const url = server.url.replace(/:\/\/.*@/, '://clerk:x@')
      const owned = [{ database: 'another', role: 'another', password: 'x' }]
      await assert.rejects(createDatabases(url, owned), /POSTGRES_URL has to be a superuser, or .* CREATEDB/)
    })

    it('does not decide by the defaults of a role how a service reads and writes', async () => {
      const owned = [{ database: 'odd', role: 'odd', password: 'x' }] as const
      const urls = await createDatabases(server.url, owned)
      await setOtherDefaults('odd')
      await migrate(urls.odd, orderMigrations)
      assert.deepEqual(Object.keys(otherDefaults), Object.keys(sessionSettings))
      const { db, close } = openDatabase(urls.odd, 'test', { connections: 1 })
      try {
        const given = await db.execute<{ name: string; setting: string }>(
          "select name, setting from pg_settings where source = 'client'",
        )
        const isSet = new Map(given.map(({ name, setting }) => [name, setting]))
        const ownLimits = ['statement_timeout', 'idle_in_transaction_session_timeout']
        for (const [name, value] of Object.entries(sessionSettings))
          if (!ownLimits.includes(name)) assert.equal(isSet.get(name), value, name)
        assert.deepEqual(
          ownLimits.map((name) => isSet.get(name)),
          ['15000', '30000'],
        )
        const [row] = await db.execute<{ time: string }>("select '2026-03-01T00:00:00Z'::timestamptz as time")
        assert.equal(new Date(String(row?.time)).toISOString(), '2026-03-01T00:00:00.000Z')
      } finally {
        await close()
      }
    })
  })

describe('a store is found, or refused in words:', () => {
  const reject = (error: RegExp) => (found: Promise<unknown>) => assert.rejects(found, error)
  const rows = [
    {
      name: 'data of the PostgreSQL that npm installed, and another on the PATH since',
      files: { 'data/PG_VERSION': '18\n' },
      find: (dataDir: string) => findPostgres({ dataDir, env: { ...process.env, POSTGRES_URL: '' } }),
      expect: async (found: Promise<{ what: string }>) =>
        assert.match((await found).what, /^PostgreSQL 18\./),
    },
    {
      name: 'data of a PostgreSQL that is not here any more',
      files: { 'data/PG_VERSION': '12\n' },
      find: (dataDir: string) => findPostgres({ dataDir, env: nothingOnThePath }),
      expect: reject(
        /written by PostgreSQL 12, .*\(found: 18\..*version 12 on the PATH, or delete .*SAUCERY_DATA/,
      ),
    },
    {
      name: 'data of PostgreSQL without its password',
      files: { 'data/PG_VERSION': '18\n' },
      find: (dataDir: string) => startPostgres({ dataDir, env: nothingOnThePath }),
      expect: reject(/has lost its .*password\. Delete/),
    },
    {
      name: 'data of mongod, and no mongod any more',
      files: { 'mongod/WiredTiger': '', 'mongod-8.2.6/failed': 'no network' },
      find: (dataDir: string) => findMongodb({ dataDir, tools: dataDir, env: nothingOnThePath }),
      expect: reject(/is mongod's, and there is no mongod any more: .*no network/),
    },
  ]
  for (const { name, files, find, expect } of rows)
    it(name, async () => {
      const dataDir = join(await tempFolder(), 'store')
      for (const [file, text] of Object.entries(files)) {
        await mkdir(join(dataDir, file, '..'), { recursive: true })
        await writeFile(join(dataDir, file), text)
      }
      await expect(find(dataDir) as Promise<{ what: string }>).finally(() =>
        removeTempFolder(join(dataDir, '..')),
      )
    })
})

describe('a data folder', () => {
  const paths = ['$$ #1 50%41', `it's "quoted"`, 'é ü 소스', 'back\\slash', `${'long'.repeat(40)}`]
  for (const path of paths)
    it(`may be ${path}`, async () => {
      const server = await startNats({ dataDir: join(folder, path, 'nats'), env: withoutUrl })
      await server.stop()
      assert.ok((await stat(join(folder, path, 'nats', 'jetstream'))).isDirectory())
    })

  const ways = [
    { name: 'by a symbolic link, after a start by its path', first: 'real', second: 'link' },
    { name: 'by its path, after a start by a symbolic link', first: 'link', second: 'real' },
    { name: 'by another link, after a start by a symbolic link', first: 'link', second: 'link-2' },
  ] as const
  for (const { name, first, second } of ways)
    it(`has one server after kill -9, also ${name}`, async () => {
      const base = await tempFolder()
      await mkdir(join(base, 'real'))
      for (const link of ['link', 'link-2']) await symlink(join(base, 'real'), join(base, link))
      const left = await startNats({ dataDir: join(base, first, 'nats'), env: withoutUrl })
      await forgetParent(join(base, 'real', 'nats', 'server.json'))
      const printed: string[] = []
      const print = (line: string) => void printed.push(line)
      const { pid } = left
      try {
        const server = await startNats({ dataDir: join(base, second, 'nats'), env: withoutUrl, print })
        await server.stop()
        assert.match(printed.join(), new RegExp(`process ${pid}\\), left over`))
        assert.equal(left.pid, undefined)
      } finally {
        await left.kill()
      }
      await removeTempFolder(base)
    })

  it('is locked by whatever path it is reached', async () => {
    await mkdir(join(folder, 'locked'))
    await symlink(join(folder, 'locked'), join(folder, 'locked-too'))
    const unlock = await lockFolder(join(folder, 'locked'))
    await assert.rejects(lockFolder(join(folder, 'locked-too')), /already runs/)
    await unlock()
  })

  for (const umask of [0o027, 0o077])
    it(`a folder that root's umask closes: ${umask.toString(8)}`, async () => {
      const before = process.umask(umask)
      const base = await tempFolder()
      try {
        const unlock = await lockFolder(join(base, 'new', 'data'))
        const server = await startPostgres({
          dataDir: join(base, 'new', 'data', 'postgres'),
          env: withoutUrl,
        })
        await server.stop()
        await unlock()
      } finally {
        process.umask(before)
        chmodSync(base, 0o711)
        await removeTempFolder(base)
      }
    })
})

const withoutUrl = { ...process.env, NATS_URL: '', POSTGRES_URL: '' }

/** As after kill -9 of the process that started the server. */
async function forgetParent(file: string): Promise<void> {
  const content = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...content, parentCommand: 'gone' }))
}

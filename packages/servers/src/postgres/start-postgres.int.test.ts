import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import postgres from 'postgres'
import { commandOf } from '../process/process-table.ts'
import { removeTempFolder, tempFolder } from '../process/temp.ts'
import { waitUntil } from '../process/wait-until.ts'
import { startPostgres } from './start-postgres.ts'

const environments = {
  'the Postgres that is found here': process.env,
  'the Postgres that npm installed': { PATH: '/nowhere' },
}

for (const [name, env] of Object.entries(environments)) {
  describe(name, () => {
    it('keeps what was committed over kill -9, and leaves no process when it is stopped', async () => {
      const folder = await tempFolder()
      const server = await startPostgres({ dataDir: join(folder, 'postgres'), env })
      try {
        const sql = postgres(server.url, { onnotice: () => {} })
        await sql`create table words (word text)`
        await sql`insert into words values ('hello')`
        await server.kill()
        await server.restart()
        assert.deepEqual([...(await sql`select word from words`)], [{ word: 'hello' }])
        const [durable] =
          await sql`select current_setting('fsync') f, current_setting('synchronous_commit') s`
        assert.deepEqual(durable, { f: 'on', s: 'on' })
        await sql.end()
      } finally {
        const { pid } = server
        await server.stop()
        assert.equal(server.pid, undefined)
        assert.equal(pid ? await commandOf(pid) : '', '')
        await removeTempFolder(folder)
      }
    })
  })
}

describe('startPostgres', () => {
  it('restarts at once after kill -9 although its orphans are busy', async () => {
    const folder = await tempFolder()
    const server = await startPostgres({ dataDir: join(folder, 'postgres') })
    try {
      const watch = postgres(server.url, { max: 1, onnotice: () => {} })
      const sql = postgres(server.url, { max: 3, onnotice: () => {} })
      const endless = 'do $$ begin loop end loop; end $$'
      const ended = Promise.allSettled([1, 2, 3].map(() => sql.unsafe(endless)))
      const allRun = async () => {
        const [row] = await watch`select count(*)::int n from pg_stat_activity where query = ${endless}`
        return row?.n === 3
      }
      assert.ok(await waitUntil(allRun, { withinMs: 4_000 }))
      const began = Date.now()
      await server.kill()
      await server.restart()
      assert.ok(Date.now() - began < 10_000)
      await ended
      await Promise.all([sql.end({ timeout: 1 }), watch.end({ timeout: 1 })])
    } finally {
      await server.stop()
      await removeTempFolder(folder)
    }
  })
})

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { testPostgres } from '@saucery/servers/testing/servers'
import postgres from 'postgres'
import { eventually } from '../testing/eventually.ts'
import { lockRows } from '../testing/locked-rows.ts'
import { isLockTimeout } from './locks.ts'
import { migrate } from './migrate.ts'

/** A folder as drizzle-kit writes it. Applied twice, the second migration would fail. */
async function migrations(...statements: string[]) {
  const path = await mkdtemp(join(tmpdir(), 'migrations-'))
  await mkdir(join(path, 'meta'))
  const tags = statements.map((_, i) => `000${i}_step`)
  for (const [i, tag] of tags.entries()) await writeFile(join(path, `${tag}.sql`), statements[i] ?? '')
  const entries = tags.map((tag, idx) => ({ idx, version: '7', when: 1000 + idx, tag, breakpoints: true }))
  const journal = { version: '7', dialect: 'postgresql', entries }
  await writeFile(join(path, 'meta', '_journal.json'), JSON.stringify(journal))
  return {
    folder: pathToFileURL(`${path}/`),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  }
}

const steps = ['create table applied (step integer)', 'insert into applied values (1)'] as const

async function applied(url: string): Promise<number[]> {
  const client = postgres(url, { max: 1 })
  try {
    return (await client`select step from applied order by step`).map(({ step }) => step)
  } finally {
    await client.end()
  }
}

async function waitingIn(url: string) {
  const client = postgres(url, { max: 1 })
  try {
    return await client`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
  } finally {
    await client.end()
  }
}

describe('migrating', { timeout: 60_000 }, () => {
  it('applies each migration once when ten replicas start together', async () => {
    await using database = await testPostgres()
    await using folder = await migrations(...steps)
    await Promise.all(Array.from({ length: 10 }, () => migrate(database.url, folder.folder)))
    assert.deepEqual(await applied(database.url), [1])
  })

  it('applies only what is new', async () => {
    await using database = await testPostgres()
    await using first = await migrations(...steps)
    await migrate(database.url, first.folder)
    await using then = await migrations(...steps, 'insert into applied values (2)')
    await migrate(database.url, then.folder)
    assert.deepEqual(await applied(database.url), [1, 2])
  })

  it('gives up soon when a row of the table is locked, and can be tried again', async () => {
    await using database = await testPostgres()
    await using first = await migrations(...steps)
    await migrate(database.url, first.folder)
    await using then = await migrations(...steps, 'alter table applied add column note text')
    await using row = await lockRows(database.url, 'applied')
    const refused = assert.rejects(migrate(database.url, then.folder), isLockTimeout)
    // A lock that waits holds up all that come after it.
    const begun = performance.now()
    await eventually(async () => assert.deepEqual((await waitingIn(database.url)).length, 1))
    assert.deepEqual(await applied(database.url), [1])
    assert.ok(performance.now() - begun < 5000, 'readers waited for the migration')
    await refused
    await row.release()
    await migrate(database.url, then.folder)
    assert.deepEqual(await applied(database.url), [1])
  })

  it('changes nothing when one of its statements is refused, and lets the next attempt succeed', async () => {
    await using database = await testPostgres()
    await using wrong = await migrations(...steps, 'insert into nowhere values (1)')
    await assert.rejects(migrate(database.url, wrong.folder))
    await using corrected = await migrations(...steps)
    await migrate(database.url, corrected.folder)
    assert.deepEqual(await applied(database.url), [1])
  })
})

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { testPostgres } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import { errorFields } from './error-fields.ts'

interface Logged extends Readonly<Record<'message' | 'stack' | 'code', string>> {
  readonly cause: Logged
}

const server = await testPostgres()
const { db, close } = openDatabase(server.url, 'test', { connections: 1 })
after(async () => {
  await close()
  await server[Symbol.asyncDispose]()
})

describe('an error of the database, in a log', () => {
  it('has no parameter of the statement, and no row', async () => {
    await db.execute('create table secrets (id text primary key, name text not null)')
    const failing = [
      sql`insert into secrets (id, name) values (${'a-secret'}, null)`,
      sql`select ${'a-secret'}::text::int`,
      sql`select ${'a-secret'}::text::uuid, ${'a-secret'}::text::jsonb`,
      sql`select 1 / length(${'a-secret'}::text) from nowhere`,
    ]
    for (const statement of failing) {
      const error = await db.execute(statement).then(
        () => assert.fail('it succeeded'),
        (error) => error,
      )
      const logged = errorFields(error) as object as Logged
      assert.doesNotMatch(JSON.stringify(logged), /a-secret/)
      const { message, stack, cause } = logged
      assert.equal(message, 'a statement failed')
      assert.match(String(stack), /^DrizzleQueryError: a statement failed\n {4}at /)
      assert.match(String(cause.code), /^[0-9A-Z]{5}$/)
      assert.ok(String(cause.message).length > 10, 'says what is wrong')
    }
  })
})

describe('an error in a log', () => {
  it('has its type, message, code, stack and causes, and nothing that was added', () => {
    const cause = Object.assign(new TypeError('no route'), { code: 'EHOSTUNREACH', password: 'a-secret' })
    const error = Object.assign(new Error('not connected', { cause }), { headers: { cookie: 'a-secret' } })
    const { stack, ...fields } = errorFields(error) as object as Record<string, unknown>
    const { stack: _, ...why } = fields.cause as Record<string, unknown>
    assert.match(String(stack), /^Error: not connected\n {4}at /)
    assert.deepEqual(
      { ...fields, cause: why },
      {
        type: 'Error',
        message: 'not connected',
        cause: { type: 'TypeError', message: 'no route', code: 'EHOSTUNREACH' },
      },
    )
  })

  it('ends, though an error is its own cause, or is none', () => {
    const error = new Error('loop')
    error.cause = error
    assert.ok(JSON.stringify(errorFields(error)).length < 20_000)
    assert.equal(errorFields({ password: 'a-secret' }), 'no error but object')
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { participants } from './layers.ts'
import { assertNone } from './testing/assert-none.ts'
import { allMigrations, unbearable } from './testing/migrations.ts'

// Older than the rule.
const older =
  /^(order|payment|delivery)\/(0001_list-indexes|0003_outbox-published|0002_outbox-published): CREATE INDEX/

const init = 'create table "orders" ("id" uuid primary key, "qty" integer not null)'
const after = (sql: string) =>
  unbearable([
    { name: 'init', sql: init },
    { name: 'step', sql },
  ])

describe('a migration', () => {
  it('is one step that the previous version bears', () => {
    const services = allMigrations()
    assert.deepEqual(new Set(services.keys()), new Set(participants))
    assertNone([...services.values()].flatMap(unbearable).filter((statement) => !older.test(statement)))
  })

  for (const bearable of [
    'create table "notes" ("id" uuid primary key, "text" text not null); create unique index "n" on "notes" ("text")',
    'alter table "orders" add column "note" text',
    `alter table "orders" add column "note" text default 'none' not null`,
    'create table "notes" ("id" uuid); alter table "notes" add constraint "c" check (id is not null)',
    '-- because: the table has a few hundred rows\ncreate index "q" on "orders" ("qty")',
    '-- because: no version since 0.3 reads or writes it\nalter table "orders" drop column "qty"',
  ])
    it(`may ${bearable}`, () => assertNone(after(bearable)))

  for (const refused of [
    'alter table "orders" drop column "qty"',
    'alter table "orders" rename column "qty" to "quantity"',
    'alter table "orders" rename to "placed"',
    'alter table "orders" add column "note" text not null',
    `alter table "orders" add column "note" text default '' not null unique`,
    'alter table "orders" add column "note" text, drop column "qty"',
    'alter table "orders" alter column "qty" set data type bigint',
    'alter table "orders" alter column "qty" set not null',
    'alter table "orders" add constraint "some" check (qty > 0)',
    'create index "q" on "orders" ("qty")',
    'create unique index "q" on "orders" ("qty")',
    'drop table "orders"',
    'update "orders" set "qty" = 1',
    '-- because: so\nalter table "orders" drop column "qty"',
  ])
    it(`may not ${refused}`, () => assert.equal(after(refused).length, 1))
})

import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { migrate } from '@saucery/messaging/postgres/migrate'
import { findPostgres } from '@saucery/servers/postgres/find-postgres'
import { isExecutable, onPath } from '@saucery/servers/process/programs'
import { runOrFail } from '@saucery/servers/process/run'
import { withSql } from '../run/stores.ts'
import type { Running } from '../run/with-system.ts'

type Size = Readonly<Record<'clients' | 'seconds', number>>

const migrations = new URL('../../../packages/order/migrations/', import.meta.url)

/** One order in a transaction of its own, as a service without batching would write it. */
const script = `\\set qty random(1, 10)
begin;
insert into orders (id, branch_id, sauce_id, qty, price, amount, facts, status, placed_at)
values (gen_random_uuid(), '1', '1', :qty, 10000, :qty * 10000, '{OrderPlaced}', 'PLACED', now());
insert into outbox (id, name, version, subject, data, time, causation_id, traceparent, leased_until)
values (gen_random_uuid(), 'OrderPlaced', 1, 'orders.placed.00000000-0000-7000-8000-000000000000',
  '{"orderId":"00000000-0000-7000-8000-000000000000","branchId":"1","sauceId":"1","qty":10,"price":10000,"amount":100000}',
  now(), '00000000-0000-7000-8000-000000000000', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  now() + interval '5 s');
commit;
`

/** Orders per second that pgbench writes to a database of its own on the system's server; undefined without pgbench. */
export async function postgresLimit(running: Running, size: Size): Promise<number | undefined> {
  const pgbench = await findPgbench()
  if (pgbench === undefined) return undefined
  const database = `bench_${process.pid}`
  return withSql(running.system.servers.postgres.url, async (admin) => {
    try {
      await admin.unsafe(`create database ${database}`)
      return await runPgbench(pgbench, database, running, size)
    } finally {
      await admin.unsafe(`drop database if exists ${database} with (force)`).catch(() => {})
    }
  })
}

async function findPgbench(): Promise<string | undefined> {
  const choice = await findPostgres()
  const beside = choice.kind === 'environment' ? [] : [join(dirname(choice.program.postgres), 'pgbench')]
  return [...beside, ...onPath('pgbench', process.env)].find(isExecutable)
}

async function runPgbench(
  pgbench: string,
  database: string,
  { system, folder, signal }: Running,
  { clients, seconds }: Size,
) {
  const target = new URL(system.servers.postgres.url)
  target.pathname = database
  await migrate(target.href, migrations)
  const file = join(folder, 'place-order.sql')
  await writeFile(file, script)
  const flags = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '2', '-T', String(seconds), '-f', file]
  const env = {
    ...process.env,
    PGHOST: target.hostname,
    PGPORT: target.port || '5432',
    PGUSER: decodeURIComponent(target.username),
    PGPASSWORD: decodeURIComponent(target.password),
    PGDATABASE: database,
  }
  const output = await runOrFail(pgbench, flags, { env, signal })
  const tps = /^tps = ([\d.]+) \((?:without initial|excluding)/m.exec(output)?.[1]
  if (tps === undefined) throw new Error(`pgbench reported no transactions per second:\n${output}`)
  return Number(tps)
}

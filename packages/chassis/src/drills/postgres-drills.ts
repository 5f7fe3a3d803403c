import { type Database, inMs } from '@saucery/messaging/postgres/database'
import { sql } from 'drizzle-orm'
import type { DrillStore, Lease, RunningDrill } from './drill-store.ts'
import { drills } from './drills-table.ts'

const leftMs = sql`extract(epoch from until - now())::float8 * 1000`

type Row = Record<'id' | 'request', string> & Record<'leftMs' | 'placed' | 'refused', number>

const toDrill = ({ request, leftMs, ...row }: Row): RunningDrill => {
  const parsed = JSON.parse(request)
  // A clock that was set back makes no drill longer than it was to be.
  return { ...row, request: parsed, leftMs: Math.min(leftMs, parsed.forSeconds * 1000) }
}

export const postgresDrills = (db: Database): DrillStore => ({
  async begin(id, request) {
    const until = inMs(request.forSeconds * 1000)
    const text = JSON.stringify(request)
    await db.execute(sql`
      insert into ${drills} (id, request, until) values (${id}, ${text}, ${until})
      on conflict (id) do update set request = excluded.request, until = excluded.until, runner = null,
        leased_until = null, placed = 0, refused = 0`)
  },
  async end(id) {
    await db.execute(sql`delete from ${drills} where id = ${id}`)
  },
  async present() {
    const rows = await db.execute<Row>(sql`
      select id, request, placed, refused, ${leftMs} as "leftMs" from ${drills} where until > now() order by id`)
    return rows.map(toDrill)
  },
})

/** Without a word for so long, a gateway is gone and another one sends the load. */
const leaseMs = 3000

/** Takes or keeps the lease of the load. @returns undefined when there is none, or another gateway sends it */
export async function leaseLoad(db: Database, { runner, placed, refused }: Lease) {
  const [row] = await db.execute<Row>(sql`
    update ${drills} set runner = ${runner}, leased_until = ${inMs(leaseMs)}, placed = placed + ${placed},
      refused = refused + ${refused}
    where id = 'load' and until > now() and (runner is null or runner = ${runner} or leased_until < now())
    returning id, request, placed, refused, ${leftMs} as "leftMs"`)
  return row && toDrill(row)
}

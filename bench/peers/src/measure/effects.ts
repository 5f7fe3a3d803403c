import { untilShown } from '@saucery/bench/load/load'
import { withSql } from '@saucery/bench/run/stores'
import type { PeerUnderTest } from '../run/with-peer.ts'

/** @throws unless the dashboard shows each accepted order as DELIVERING, and each effect happened once for each of them */
export async function checkEffects(running: PeerUnderTest): Promise<void> {
  const { peer, accepted } = running
  await untilShown(running, accepted, 'DELIVERING')
  for (const { what, database, query } of peer.effects) {
    const rows = await withSql(database, (sql) => sql.unsafe(query))
    const wrong = notOnce(
      accepted,
      rows.map(({ order_id: id }) => String(id)),
    )
    if (wrong.length > 0) throw new Error(`not ${what} exactly once: ${wrong.slice(0, 5).join(', ')}`)
  }
}

/** The accepted orders for which it did not happen or happened again, and the others for which it happened. */
export function notOnce(accepted: readonly string[], happened: readonly string[]): string[] {
  const counts = new Map(accepted.map((id) => [id, 0]))
  for (const id of happened) counts.set(id, (counts.get(id) ?? 1) + 1)
  return [...counts].filter(([, count]) => count !== 1).map(([id]) => id)
}

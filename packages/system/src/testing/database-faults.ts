import { openDatabase } from '@saucery/messaging/postgres/database'
import { blockedWork } from '@saucery/messaging/testing/eventually'

/** Locks a whole table, as a careless migration would, until it is released. */
export async function lockTable(url: string, table: string) {
  const { db, close } = openDatabase(url, 'locker', { connections: 1 })
  const [locked, held] = [blockedWork(), blockedWork()]
  const transaction = db.transaction(async (tx) => {
    await tx.execute(`lock table ${table} in access exclusive mode`)
    locked.release()
    await held.released
  })
  await Promise.race([locked.released, transaction])
  return {
    async release() {
      held.release()
      await transaction
      await close()
    },
  }
}

/** Makes the outcome of a payment unknown for a while, as when its provider gave no answer for twenty minutes. */
export async function makeUnknown(url: string, orderId: string, forSeconds: number): Promise<void> {
  const { db, close } = openDatabase(url, 'provider', { connections: 1 })
  const changed = await db.execute(`
    update payments set status = 'PENDING', attempts = 9, last_error = 'no answer',
      asking_since = now() - interval '20 min', next_attempt_at = now() + interval '${forSeconds} s'
    where order_id = '${orderId}' returning order_id`)
  await close()
  if (changed.length !== 1) throw new Error(`there is no payment of ${orderId}`)
}

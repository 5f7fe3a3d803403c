import { setTimeout as delay } from 'node:timers/promises'
import type { Door } from './door.ts'

const declinedPrice = 2_000_000
const price = 10_000

/** What becomes of an order; each as likely as the others. */
const fates = {
  cancelledAtOnce: async ({ insist }: Door, id: string) => void (await insist(`/orders/${id}/cancel`)),
  async cancelledLater({ insist }: Door, id: string) {
    await delay(1500)
    await insist(`/orders/${id}/cancel`)
  },
  completed: async ({ insist }: Door, id: string) => void (await insist(`/deliveries/${id}/complete`)),
  failed: async ({ insist }: Door, id: string) => void (await insist(`/deliveries/${id}/fail`)),
  async completedAndCancelled({ insist, known }: Door, id: string) {
    // Before it has left, the cancel would always win.
    await known(`/deliveries/${id}`)
    await Promise.all([insist(`/deliveries/${id}/complete`), insist(`/orders/${id}/cancel`)])
  },
  declined: async () => {},
  left: async () => {},
} satisfies Record<string, (door: Door, id: string) => Promise<void>>

type Fate = keyof typeof fates
const fateNames = Object.keys(fates) as Fate[]

export interface Traffic {
  /** The orders that were answered with 201. */
  readonly accepted: string[]
  /** How many were not answered so. */
  readonly unanswered: number
}

/** Places orders at an even pace, whether or not they are answered, and sees each through to its fate. */
export async function traffic(
  door: Door,
  { orders, withinMs, random }: { orders: number; withinMs: number; random: () => number },
): Promise<Traffic> {
  const chosen = Array.from(
    { length: orders },
    () => fateNames[Math.floor(random() * fateNames.length)] ?? 'left',
  )
  const ids = await Promise.all(
    chosen.map(async (fate, i) => {
      await delay((i * withinMs) / orders)
      const id = await door.place(fate === 'declined' ? declinedPrice : price)
      if (id !== undefined) await fates[fate](door, id)
      return id
    }),
  )
  const accepted = ids.filter((id) => id !== undefined)
  return { accepted, unanswered: orders - accepted.length }
}

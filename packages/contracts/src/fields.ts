import { z } from 'zod'

/** Payments and deliveries have no id of their own: the order's id names them too. */
export const orderId = z.uuid()

/** The id of a branch or a sauce: printable text without spaces. Postgres cannot store NUL in text. */
export const itemId = z
  .string()
  .regex(/^[^\p{C}\p{Z}]{1,64}$/u, 'must be 1 to 64 printable characters without spaces')

export const qty = z.int().min(1).max(1_000_000)

/** Whole won. */
export const won = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

export const exampleOrderId = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'

/** For an event that carries nothing but its order. */
export const onlyOrderId = { schema: z.object({ orderId }), example: { orderId: exampleOrderId } }

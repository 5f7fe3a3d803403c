import { withTimeout } from '@saucery/chassis/async/timeout'
import { z } from 'zod'
import { askedFor, type OpenPayment, type ProviderAnswer } from '../domain.ts'
import type { PaymentProvider } from './provider.ts'

/** As PaymentDeclined allows. */
const maxReason = 100

/** Printable, since Postgres stores neither NUL nor half a character; cut, and never empty. */
const reason = z
  .unknown()
  .transform((value) =>
    typeof value === 'string'
      ? value
          .trim()
          .slice(0, maxReason)
          .replace(/[\p{C}\p{Z}]+/gu, ' ')
          .trim()
      : '',
  )
  .transform((text) => text || 'declined')

const answers = {
  charge: z.union([
    z.object({ approved: z.literal(true) }),
    z.object({ approved: z.literal(false), reason: reason.optional().default('declined') }),
  ]),
  refund: z.object({ refunded: z.literal(true) }),
}

type Asked = Pick<OpenPayment, 'orderId' | 'status' | 'amount'>

/**
 * Asks the provider once for what the status of the payment needs, with the order's id as the key.
 * @throws when there is no answer in `timeoutMs`, or none that can be read: then the outcome is unknown
 */
export async function ask(
  provider: PaymentProvider,
  { orderId: idempotencyKey, status, amount }: Asked,
  timeoutMs: number,
): Promise<ProviderAnswer> {
  const signal = AbortSignal.timeout(timeoutMs)
  const call = askedFor[status]
  const answer = async () =>
    call === 'charge'
      ? provider.charge({ idempotencyKey, amount }, signal)
      : provider.refund(idempotencyKey, signal)
  const read = answers[call].safeParse(await withTimeout(timeoutMs, answer()))
  if (!read.success) throw new Error(`the provider’s answer to a ${call} cannot be read`)
  return read.data
}

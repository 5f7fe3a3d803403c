import type { ChargeOutcome } from '../domain.ts'

/** The company that takes the money. Both calls may be repeated: a key is charged and refunded at most once. */
export interface PaymentProvider {
  /** @param charge `amount` in whole won */
  charge(charge: { idempotencyKey: string; amount: number }): Promise<ChargeOutcome>
  /** Refunds an approved charge in full. */
  refund(idempotencyKey: string): Promise<void>
}

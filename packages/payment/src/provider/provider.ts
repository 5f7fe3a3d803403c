import type { ChargeOutcome } from '../domain.ts'

/** Who takes the money. Both calls may be repeated with the same key; only the first moves money. */
export interface PaymentProvider {
  /** @param charge `amount` in whole won */
  charge(charge: { idempotencyKey: string; amount: number }): Promise<ChargeOutcome>
  /** Gives an approved charge back in full. */
  refund(idempotencyKey: string): Promise<void>
}

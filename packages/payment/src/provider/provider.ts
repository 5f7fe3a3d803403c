/**
 * The company that takes the money. Every call may be repeated, also at the same time: a key is charged and refunded at
 * most once. A call may fail, or be answered late or with nonsense, after it has done its work: `ask` reads the answers.
 */
export interface PaymentProvider {
  /** @param charge `amount` in whole won */
  charge(charge: { idempotencyKey: string; amount: number }, signal: AbortSignal): Promise<unknown>
  /** Afterwards the key holds no money: its charge is refunded in full, and a charge that is still to come is declined. */
  refund(idempotencyKey: string, signal: AbortSignal): Promise<unknown>
}

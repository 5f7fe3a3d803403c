import type { Operator } from '@saucery/messaging/operator/operator-store'
import { v7 as uuidv7 } from 'uuid'
import type { OperatedService } from './operated.ts'

/**
 * Keeps who did what. Called before the effect: what was done and then not recorded would be worse than the reverse.
 * @param details without secrets
 */
export async function recordAction(
  { operators }: Pick<OperatedService, 'operators'>,
  by: Operator,
  action: string,
  { orderId, ...details }: Readonly<Record<string, unknown>> & { readonly orderId?: string | undefined } = {},
): Promise<void> {
  const now = new Date()
  const id = uuidv7({ msecs: now.getTime() })
  const { subject, role } = by
  await operators.record({ id, at: now.toISOString(), by: { subject, role }, action, orderId, details })
}

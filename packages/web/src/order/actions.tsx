import type { OrderView } from '@saucery/client/schemas'
import { isFinal } from '@saucery/contracts/status'
import { client, may } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { Failure } from '../ui/parts.tsx'
import { useAction } from '../ui/use-action.ts'

/** What a person can do with an order: the button, what is announced afterwards, and the call. */
export const orderActions = {
  complete: { label: t.order.complete, done: t.order.completed, path: '/deliveries/{id}/complete' },
  fail: { label: t.order.fail, done: t.order.failed, path: '/deliveries/{id}/fail' },
  cancel: { label: t.order.cancel, done: t.order.cancelAsked, path: '/orders/{id}/cancel' },
} as const

export type ActionName = keyof typeof orderActions

export const endings = ['complete', 'fail'] as const

export const sendAction = (name: ActionName, id: string) =>
  client.post(orderActions[name].path, { path: { id } })

/** The actions that the order's state and the caller's role allow now. */
export function actionsOn({ status, delivery, timeline }: OrderView): ActionName[] {
  const isCancelled = timeline.some(({ event }) => event === 'OrderCancelled')
  const canCancel = may('cancel-orders') && !isFinal(status) && !isCancelled
  const canEnd = may('end-deliveries') && delivery?.status === 'STARTED'
  return [...(canEnd ? endings : []), ...(canCancel ? (['cancel'] as const) : [])]
}

interface ActionButtonsProps {
  readonly names: readonly ActionName[]
  readonly label: string
  readonly run: (name: ActionName) => Promise<void>
  /** What a button will cause, to be shown beside it. */
  readonly effect?: (name: ActionName) => string
}

export function ActionButtons({ names, label, run, effect }: ActionButtonsProps) {
  const { busy, error, act } = useAction()
  return (
    <>
      {names.length > 0 && (
        <fieldset class="buttons" aria-label={label}>
          {names.map((name) => (
            <span key={name} class="with-effect">
              <button
                type="button"
                aria-disabled={busy}
                aria-describedby={effect && `effect-${name}`}
                onClick={() => void act(() => run(name))}
              >
                {orderActions[name].label}
              </button>
              {effect && <small id={`effect-${name}`}>{effect(name)}</small>}
            </span>
          ))}
        </fieldset>
      )}
      <Failure error={error} />
    </>
  )
}

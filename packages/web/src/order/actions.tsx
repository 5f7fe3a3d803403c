import type { OrderView } from '@saucery/client/schemas'
import { isFinal } from '@saucery/contracts/status'
import { client } from '../api/client.ts'
import { may } from '../api/session.ts'
import { Failure } from '../ui/parts.tsx'
import { useAction } from '../ui/use-action.ts'

/** What a person can do with an order: the button, the call, and what is read out afterwards. */
export const actions = {
  complete: {
    label: 'Mark delivered',
    done: 'Marked delivered',
    send: (id: string) => client.post('/deliveries/{id}/complete', { path: { id } }),
  },
  fail: {
    label: 'Mark failed',
    done: 'Marked failed',
    send: (id: string) => client.post('/deliveries/{id}/fail', { path: { id } }),
  },
  cancel: {
    label: 'Cancel order',
    done: 'Cancellation requested',
    send: (id: string) => client.post('/orders/{id}/cancel', { path: { id } }),
  },
} as const

export type ActionName = keyof typeof actions

/** The actions that end a delivery. */
export const endings = ['complete', 'fail'] as const

/** The actions that the order's state and the caller's role allow now. */
export function actionsOn({ status, delivery, timeline }: OrderView): ActionName[] {
  const isCancelled = timeline.some(({ event }) => event === 'OrderCancelled')
  const canCancel = may('cancel-orders') && !isFinal(status) && !isCancelled
  const canEnd = may('end-deliveries') && delivery?.status === 'STARTED'
  return [...(canEnd ? endings : []), ...(canCancel ? (['cancel'] as const) : [])]
}

interface ActionButtonsProps {
  readonly names: readonly ActionName[]
  /** The group's name for screen readers. */
  readonly label: string
  readonly run: (name: ActionName) => Promise<void>
}

export function ActionButtons({ names, label, run }: ActionButtonsProps) {
  const { busy, error, act } = useAction()
  return (
    <>
      {names.length > 0 && (
        <fieldset class="buttons" aria-label={label}>
          {names.map((name) => (
            <button key={name} type="button" aria-disabled={busy} onClick={() => void act(() => run(name))}>
              {actions[name].label}
            </button>
          ))}
        </fieldset>
      )}
      <Failure error={error} />
    </>
  )
}

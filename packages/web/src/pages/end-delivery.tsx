import { useEffect, useRef, useState } from 'preact/hooks'
import { beforeSignOut } from '../api/client.ts'
import { type ActionName, endings, orderActions, sendAction } from '../order/actions.tsx'
import { t } from '../texts/texts.ts'
import { announcement, Failure } from '../ui/parts.tsx'
import { useAction } from '../ui/use-action.ts'

/** For this time a report can be taken back. */
const undoMs = 5000

interface EndDeliveryProps {
  readonly orderId: string
  /** What a screen reader calls the order. */
  readonly name: string
  readonly onEnded: () => Promise<void>
}

/** A courier's report. It is sent after a few seconds, in which it can be taken back, or when the page is left. */
export function EndDelivery({ orderId, name, onEnded }: EndDeliveryProps) {
  const { busy, error, act } = useAction()
  const [asked, setAsked] = useState<ActionName | undefined>(undefined)
  const send = useRef(() => {})
  const undo = useRef<HTMLButtonElement>(null)

  async function report(action: ActionName): Promise<void> {
    await sendAction(action, orderId)
    announcement.value = `${name}: ${orderActions[action].done}`
    await onEnded()
  }

  useEffect(() => {
    if (!asked) return
    undo.current?.focus()
    send.current = () => {
      send.current = () => {}
      void act(() => report(asked)).then(() => setAsked(undefined))
    }
    const sendNow = () => send.current()
    const timer = setTimeout(sendNow, undoMs)
    addEventListener('pagehide', sendNow)
    beforeSignOut.add(sendNow)
    return () => {
      clearTimeout(timer)
      removeEventListener('pagehide', sendNow)
      beforeSignOut.delete(sendNow)
    }
  }, [asked])
  useEffect(() => () => send.current(), [])

  function ask(action: ActionName): void {
    announcement.value = t.deliveries.canUndo(`${name}: ${orderActions[action].done}`)
    setAsked(action)
  }

  function takeBack(): void {
    send.current = () => {}
    announcement.value = t.deliveries.undone(name)
    setAsked(undefined)
  }

  return (
    <>
      <fieldset class="buttons" aria-label={name}>
        {asked ? (
          <>
            <span>{orderActions[asked].done}</span>
            <button ref={undo} type="button" aria-disabled={busy} onClick={() => !busy && takeBack()}>
              {t.deliveries.undo}
            </button>
          </>
        ) : (
          endings.map((action) => (
            <button key={action} type="button" onClick={() => ask(action)}>
              {orderActions[action].label}
            </button>
          ))
        )}
      </fieldset>
      <Failure error={error} />
    </>
  )
}

import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { may } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { FindBox } from './find-box.tsx'
import { areKeysOn, KeyHelp } from './key-help.tsx'
import { type KeyAction, openKeyReader } from './key-steps.ts'

const addresses: Partial<Record<KeyAction, string>> = {
  board: '#/',
  overdue: '#/waiting',
  deliveries: '#/deliveries',
  operations: '#/operations',
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))

/** The keys of every page, and their dialogs. */
export function Keyboard() {
  const [dialog, setDialog] = useState<'find' | 'help' | undefined>(undefined)
  useEffect(() => {
    const actionOf = openKeyReader()
    const onKeyDown = (event: KeyboardEvent) => {
      const isFree = areKeysOn.peek() && !isTyping(event.target) && !document.querySelector('dialog[open]')
      const action = actionOf(event, isFree, Date.now())
      if (!action || (action === 'find' && !may('read-views'))) return
      event.preventDefault()
      if (action === 'find' || action === 'help') setDialog(action)
      else run(action)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
  // A dialog that is gone tells of its end later, when another may be open.
  const close = (which: 'find' | 'help') => setDialog((open) => (open === which ? undefined : open))
  return (
    <>
      <button
        type="button"
        class="keys-button"
        aria-label={t.keys.title}
        title={`${t.keys.title} (?)`}
        onClick={() => setDialog('help')}
      >
        ?
      </button>
      {dialog === 'find' && (
        <Dialog title={t.keys.actions.find} onClose={() => close('find')}>
          <FindBox onDone={() => close('find')} />
        </Dialog>
      )}
      {dialog === 'help' && (
        <Dialog title={t.keys.title} onClose={() => close('help')}>
          <KeyHelp />
        </Dialog>
      )}
    </>
  )
}

/** The pages decide what a caller may see; a key goes nowhere that a link does not. */
function run(action: KeyAction): void {
  const address = addresses[action]
  if (address !== undefined) location.hash = address
  else if (action === 'filter') document.querySelector<HTMLElement>('main input[type=search]')?.focus()
  else focusCard(action === 'next' ? 1 : -1)
}

function focusCard(by: 1 | -1): void {
  const cards = [...document.querySelectorAll<HTMLElement>('main [data-order]')]
  const at = cards.indexOf(document.activeElement as HTMLElement)
  const to = at < 0 ? (by === 1 ? 0 : cards.length - 1) : at + by
  cards[to]?.focus()
}

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** The browser gives the focus back when it is closed. */
function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // By itself it gives the focus to its first button.
    element?.querySelector<HTMLElement>('input[type=search]')?.focus()
    return () => element?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      onClose={onClose}
      // A press beside the dialog is on the element itself.
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="dialog-content">
        <div class="dialog-head">
          <h2 id="dialog-title">{title}</h2>
          <button type="button" onClick={onClose}>
            {t.keys.close}
          </button>
        </div>
        {children}
      </div>
    </dialog>
  )
}

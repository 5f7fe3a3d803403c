import type { DeadLetter, DeadLetterContent } from '@saucery/client/schemas'
import { useState } from 'preact/hooks'
import { client } from '../api/client.ts'
import { shortId } from '../order/orders.ts'
import { t } from '../texts/texts.ts'
import { dayAndTime } from '../ui/format.ts'
import { Failure } from '../ui/parts.tsx'
import { useAction } from '../ui/use-action.ts'
import type { OperatedName } from './bulk-action.tsx'
import { DiscardForm } from './discard-form.tsx'

interface LetterProps {
  readonly service: OperatedName
  readonly letter: DeadLetter
  readonly retry: () => Promise<void>
  readonly discard: (why: string) => Promise<void>
}

export function LetterItem({ service, letter, retry, discard }: LetterProps) {
  const { sequence, time, subject, event, orderId, error, tries, state, discardReason } = letter
  const { busy, error: refusal, act } = useAction()
  return (
    <li class={state === 'open' ? 'letter' : 'letter handled'}>
      <p>
        <b>{event ?? subject}</b> · {t.common.order}{' '}
        <a class="id" href={`#/orders/${orderId}`}>
          {shortId(orderId)}
        </a>
        <small>
          <time dateTime={time}>{dayAndTime(time)}</time> ·{' '}
          {tries === 1 ? t.operations.oneTry : t.operations.tries(String(tries))} ·{' '}
          {t.operations.deadLetter(String(sequence))}
        </small>
      </p>
      <pre>{error}</pre>
      <Message service={service} id={letter.id} />
      <Failure error={refusal} />
      {state === 'handled' && <p>{t.operations.retried}</p>}
      {state === 'discarded' && <p>{t.operations.discarded(discardReason ?? '')}</p>}
      {state === 'open' && (
        <div class="letter-actions">
          <button
            type="button"
            aria-disabled={busy}
            aria-label={t.operations.retryOf(String(sequence))}
            onClick={() => void act(retry)}
          >
            {t.operations.retry}
          </button>
          <DiscardForm
            name={t.operations.discardOf(String(sequence))}
            discard={(why) => act(() => discard(why))}
          />
        </div>
      )}
    </li>
  )
}

/** The headers and the body, read when they are asked for. */
function Message({ service, id }: { service: OperatedName; id: string }) {
  const [content, setContent] = useState<DeadLetterContent | undefined>(undefined)
  const { error, act } = useAction()
  const read = async () =>
    setContent(
      await client.get(`/operations/${service}/dead-letters/{letter}/message`, { path: { letter: id } }),
    )
  return (
    <details
      class="message"
      onToggle={(event) => {
        if (event.currentTarget.open && !content) void act(read)
      }}
    >
      <summary>{t.operations.message}</summary>
      <Failure error={error} />
      {content && (
        <>
          <pre>{content.headers.map(({ name, values }) => `${name}: ${values.join(', ')}`).join('\n')}</pre>
          <pre>{content.body.text ?? content.body.base64 ?? ''}</pre>
          {content.body.isCut && <small>{t.operations.messageCut}</small>}
          {content.body.hasHidden && <small>{t.operations.messageHidden}</small>}
        </>
      )}
    </details>
  )
}

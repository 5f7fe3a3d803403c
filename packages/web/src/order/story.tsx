import type { OrderStory, OrderView } from '@saucery/client/schemas'
import { isFinal } from '@saucery/contracts/status'
import { client, may } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { clock, count, duration } from '../ui/format.ts'
import { announcement, Failure } from '../ui/parts.tsx'
import { now } from '../ui/screen.ts'
import { useAction } from '../ui/use-action.ts'
import { usePolled } from '../ui/use-polled.tsx'
import { heldUp, type Letter, settlementsIn, type Trouble, troublesIn } from './story-data.ts'

/** The gateway keeps a story for a second. One of an order that is final seldom changes. */
const [openMs, finalMs] = [1000, 30_000]

/** For operators: what an order waits for, and what of it fails where, read from the services themselves. */
export function LiveStory({ order }: { order: OrderView }) {
  return may('operate') ? <PolledStory order={order} /> : null
}

function PolledStory({ order: { orderId, status } }: { order: OrderView }) {
  const everyMs = isFinal(status) ? finalMs : openMs
  const read = (signal: AbortSignal) =>
    client.get('/operations/orders/{id}', { path: { id: orderId }, signal })
  const { found, read: readAgain } = usePolled(read, everyMs, [orderId, everyMs])
  const troubles = found ? troublesIn(found) : []
  const settlements = found ? settlementsIn(found) : []
  if (!found || (troubles.length + settlements.length === 0 && isFinal(status))) return null
  return (
    <section class="story" aria-labelledby="story-title">
      <h2 id="story-title">{t.story.title}</h2>
      <ul>
        {!isFinal(status) &&
          found.waitsFor.map((wait) => <Wait key={wait.service} wait={wait} story={found} />)}
        {troubles.map((trouble) => (
          <li key={`${trouble.service} ${JSON.stringify(trouble.of)}`} class="trouble">
            <TroubleText trouble={trouble} onRetried={readAgain} />
          </li>
        ))}
        {settlements.map((settlement) => (
          <Settlement key={settlement.letter.id} {...settlement} />
        ))}
      </ul>
    </section>
  )
}

function Settlement({ service, letter }: ReturnType<typeof settlementsIn>[number]) {
  const { event, subject, state, settledAt, settledBy, discardReason } = letter
  const text = state === 'discarded' ? t.story.discardedIn : t.story.retriedIn
  return (
    <li>
      {text(event ?? subject, service, settledBy ?? '')}
      {discardReason !== undefined && `: ${discardReason}`}{' '}
      {settledAt !== undefined && (
        <small>
          <time dateTime={settledAt}>{clock(settledAt)}</time>
        </small>
      )}
    </li>
  )
}

function Wait({ wait: { service }, story }: { wait: OrderStory['waitsFor'][number]; story: OrderStory }) {
  const held = heldUp(story.services.find((part) => part.service === service))
  const needsCourier = story.status === 'DELIVERING'
  return (
    <li class={held.by === 'nothing' ? undefined : 'held-up'}>
      {needsCourier ? t.story.waitsForCourier : t.story.waitsFor(service)}
      {held.by === 'lag' && !needsCourier && t.story.behind(count(held.messages))}
      {held.by === 'down' && t.story.isDown}
      {held.by === 'down' && held.reason !== undefined && <small> {held.reason}</small>}
    </li>
  )
}

/** By the database's clock; the reader's may be ahead. */
function nextTry(time: string | undefined): string {
  const ms = Date.parse(time ?? '') - now.value
  return ms > 0 ? t.story.triedIn(duration(Math.ceil(ms / 1000) * 1000)) : t.story.triedNow
}

const triesText = (n: number) => (n === 1 ? t.operations.oneTry : t.operations.tries(count(n)))

function TroubleText({ trouble, onRetried }: { trouble: Trouble; onRetried: () => Promise<void> }) {
  if (trouble.kind === 'letter') return <DeadLetterText {...trouble} onRetried={onRetried} />
  const { kind, service, of } = trouble
  return (
    <>
      <p>
        <b>
          {kind === 'failing'
            ? t.story.failsIn(of.event, service)
            : t.story.asksAgain(service, t.story.asked[of.asked])}
        </b>{' '}
        <small>
          {triesText(of.tries)} · {nextTry(of.nextTryAt)}
        </small>
      </p>
      <pre>{of.error}</pre>
    </>
  )
}

interface DeadLetterTextProps extends Extract<Trouble, { kind: 'letter' }> {
  readonly onRetried: () => Promise<void>
}

function DeadLetterText({ service, of, onRetried }: DeadLetterTextProps) {
  const { busy, error, act } = useAction()
  return (
    <>
      <p>
        <b>{t.story.deadLetterIn(of.event ?? of.subject, service)}</b>{' '}
        <small>
          {triesText(of.tries)} · {t.operations.deadLetter(String(of.sequence))}
        </small>
      </p>
      <pre>{of.error}</pre>
      <Failure error={error} />
      <button
        type="button"
        aria-disabled={busy}
        aria-label={t.operations.retryOf(String(of.sequence))}
        onClick={() => void act(() => retry(service, of).then(onRetried))}
      >
        {t.operations.retry}
      </button>
    </>
  )
}

async function retry(service: DeadLetterTextProps['service'], { id, sequence }: Letter): Promise<void> {
  const path = { sequence: id }
  await client.post(`/operations/${service}/dead-letters/{sequence}/send-back`, { path })
  announcement.value = t.operations.retriedOf(String(sequence))
}

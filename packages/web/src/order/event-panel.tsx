import { useLayoutEffect, useRef } from 'preact/hooks'
import { may, me } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { CopiedId, CopyButton } from '../ui/copy.tsx'
import { dayAndTime } from '../ui/format.ts'
import { Details } from '../ui/parts.tsx'
import { namesByEvent } from './choreography.ts'
import { curlCommand, eventAddress, natsCommand } from './event-address.ts'
import { Handlings } from './handlings.tsx'
import type { TimelineRow } from './timeline-layout.ts'

interface EventPanelProps {
  readonly orderId: string
  readonly row: TimelineRow
  /** The panel's height in pixels; 0 when it closes. The picture beside makes room for it. */
  readonly onHeight: (height: number) => void
}

const { what } = t.timeline

/** Everything that is known of one event. */
export function EventPanel({ orderId, row, onHeight }: EventPanelProps) {
  const { entry, lane, trigger } = row
  const { id, event, time, cause, stream, sequence, data } = entry
  const panel = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => followHeight(panel.current, onHeight), [])
  const address = eventAddress(orderId, id)
  const { subject, dataschema } = namesByEvent[event] ?? {}
  const payload = JSON.stringify({ orderId, ...data }, null, 2)
  const link = new URL(address, document.baseURI).href
  return (
    <div class="panel" ref={panel}>
      <Details
        of={{
          id: <CopiedId id={id} what={what.eventId} />,
          type: event,
          dataschema,
          source: `/${lane}`,
          time: <time title={dayAndTime(time)}>{time}</time>,
          subject: subject && <CopiedId id={`${subject}.${orderId}`} what={what.subject} />,
          cause: (
            <>
              <CopiedId id={cause} what={what.causeId} />{' '}
              {trigger === 'event' && (
                <a href={eventAddress(orderId, cause)}>{t.timeline.goTo(row.cause ?? '')}</a>
              )}
            </>
          ),
          stream,
          sequence,
        }}
      />
      {may('operate') && <Handlings eventId={id} event={event} />}
      <pre>{payload}</pre>
      <p class="buttons">
        <CopyButton text={payload} what={what.payload}>
          {t.timeline.payload}
        </CopyButton>
        <CopyButton text={curlCommand(document.baseURI, orderId, me.value?.signIn === 'on')} what={what.curl}>
          curl
        </CopyButton>
        {sequence !== undefined && (
          <CopyButton text={natsCommand(stream, sequence)} what={what.nats}>
            nats stream get
          </CopyButton>
        )}
        <CopyButton text={link} what={what.link}>
          {t.timeline.link}
        </CopyButton>
        <a href={address}>{t.timeline.permalink}</a>
      </p>
    </div>
  )
}

/** A browser without observers tells the height once. */
function followHeight(panel: HTMLElement | null, onHeight: (height: number) => void) {
  if (!panel) return
  const tell = () => onHeight(panel.offsetHeight)
  tell()
  const observer = globalThis.ResizeObserver && new ResizeObserver(tell)
  observer?.observe(panel)
  return () => {
    observer?.disconnect()
    onHeight(0)
  }
}

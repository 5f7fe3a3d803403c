import type { EventName } from '@saucery/client/schemas'
import { client } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { clock, count, dayAndTime } from '../ui/format.ts'
import { Table } from '../ui/table.tsx'
import { usePolled } from '../ui/use-polled.tsx'
import { serviceRows } from './choreography.ts'
import { handlersOf, type Participating } from './handlers-of.ts'

/** Who has consumed an event: when, and after how many deliveries. For callers who may see operations. */
export function Handlings({ eventId, event }: { readonly eventId: string; readonly event: EventName }) {
  const services = handlersOf(event, serviceRows)
  const read = (stopped: AbortSignal) => Promise.all(services.map((it) => readHandling(it, eventId, stopped)))
  const { found } = usePolled(read, 3000, [eventId])
  if (services.length === 0 || !found) return null
  return (
    <Table
      items={found}
      keyOf={({ service }) => service}
      columns={{
        [t.handling.consumer]: ({ service }) => service,
        [t.handling.handled]: ({ known }) => handledText(known),
        [t.handling.deliveries]: ({ known }) => known?.deliveries && count(known.deliveries),
      }}
    />
  )
}

type Known = Awaited<ReturnType<typeof readKnown>>

/** `known` is undefined for a service that does not answer: the others are shown. */
async function readHandling(service: Participating, eventId: string, signal: AbortSignal) {
  const known = await readKnown(service, eventId, signal).catch(() => undefined)
  return { service, known }
}

const readKnown = (service: Participating, eventId: string, signal: AbortSignal) =>
  client.get(`/operations/${service}/events/{eventId}`, { path: { eventId }, signal })

function handledText(known: Known | undefined) {
  if (!known) return t.handling.unknown
  if (!known.handled) return t.handling.notYet
  const { handledAt } = known
  if (handledAt === undefined) return t.handling.before
  return (
    <time dateTime={handledAt} title={dayAndTime(handledAt)}>
      {clock(handledAt)}
    </time>
  )
}

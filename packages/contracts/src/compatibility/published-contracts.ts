import { z } from 'zod'
import type { JsonSchema } from './schema-changes.ts'

/** An event as an AsyncAPI document describes it: what its messages have on the stream, version by version. */
interface PublishedEvent {
  readonly subject: string
  readonly stream: string
  readonly publisher: string
  /** The schemas of the data, by version. */
  readonly versions: ReadonlyMap<number, JsonSchema>
}

/** The contracts of one release. */
export interface PublishedContracts {
  readonly events: ReadonlyMap<string, PublishedEvent>
  /** Of every event; they have no version. */
  readonly headers: JsonSchema
}

const jsonSchema = z.union([z.boolean(), z.record(z.string(), z.unknown())])

/** The parts of a document of ours that messages depend on. */
const publishedDocument = z.object({
  asyncapi: z.string(),
  channels: z.record(
    z.string(),
    z.object({
      address: z.string(),
      messages: z.record(z.string().regex(/^\w+\.\d+$/), z.object({ payload: jsonSchema })),
      'x-stream': z.string(),
    }),
  ),
  operations: z.record(z.string(), z.object({ action: z.string() })),
  components: z.object({ schemas: z.object({ headers: jsonSchema }) }),
})

/**
 * Reads contracts from an AsyncAPI document that `pnpm --filter @saucery/contracts documents` has written.
 * @throws Error when it is another document
 */
export function readContracts(document: unknown): PublishedContracts {
  const { success, data, error } = publishedDocument.safeParse(document)
  if (!success) throw new Error(z.prettifyError(error))
  const senders = Object.entries(data.operations).filter(([, { action }]) => action === 'send')
  const publisherOf = (event: string) =>
    senders.flatMap(([name]) => (name.endsWith(`.sends.${event}`) ? name.split('.')[0] : []))[0] ?? 'nobody'
  const events = Object.entries(data.channels).map(([event, { address, messages, 'x-stream': stream }]) => {
    const versions = Object.entries(messages).map(
      ([key, { payload }]) => [Number(key.split('.')[1]), payload] as const,
    )
    return [
      event,
      { subject: address, stream, publisher: publisherOf(event), versions: new Map(versions) },
    ] as const
  })
  return { events: new Map(events), headers: data.components.schemas.headers }
}

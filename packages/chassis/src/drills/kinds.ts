import { z } from '@hono/zod-openapi'
import { consumingServices, type Service } from '@saucery/contracts/choreography'

const servers = ['nats', 'postgres', 'mongodb'] as const

const owners = {
  load: 'order',
  'payment-slow': 'payment',
  'payment-declines': 'payment',
  'payment-away': 'payment',
  'deliveries-fail': 'delivery',
} as const satisfies Record<string, Service>

/** The longest drill: each ends by itself. */
const forSeconds = z.int().min(1).max(600).describe('It ends by itself after so many seconds')
const percent = z.int().min(1).max(100).describe('Of how many it happens to')
const share = z.int().min(0).max(100)

const mix = z
  .object({
    delivered: share,
    declined: share,
    'cancelled-at-once': share,
    'cancelled-on-the-way': share,
    failed: share,
  })
  .partial()
  .strict()
  .refine((shares) => Object.values(shares).some((one) => (one ?? 0) > 0), 'must have a share above 0')
  .describe('The shares of the ways that the orders go; without it all ways have the same')

/** What can be begun, each at most once at a time: a second one of its kind, and of its service, takes its place. */
export const drillRequest = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('load'),
      perSecond: z.int().min(1).max(500),
      mix: mix.optional(),
      forSeconds,
    }),
    z.object({ kind: z.literal('payment-slow'), delayMs: z.int().min(1).max(60_000), forSeconds }),
    z.object({ kind: z.literal('payment-declines'), percent, forSeconds }),
    z.object({ kind: z.literal('payment-away'), percent, forSeconds }),
    z.object({ kind: z.literal('deliveries-fail'), percent, forSeconds }),
    z.object({
      kind: z.literal('handler-throws'),
      service: z.enum(consumingServices),
      every: z
        .int()
        .min(1)
        .max(1000)
        .describe('Of a replica’s events each of this number fails: with 3 every third one'),
      forSeconds,
    }),
    z.object({
      kind: z.literal('frozen'),
      server: z.enum(servers),
      forSeconds,
    }),
  ])
  .openapi('DrillRequest', { description: 'Load, or a fault that is made on purpose' })

export type DrillRequest = Readonly<z.infer<typeof drillRequest>>

export type DrillKind = DrillRequest['kind']

export const drillKinds = drillRequest.options.map(({ shape }) => shape.kind.value) as DrillKind[]

/** The service whose store has the drill, so that all of its replicas follow; none for a frozen server. */
export function ownerOf(drill: DrillRequest): Service | undefined {
  if (drill.kind === 'handler-throws') return drill.service
  return drill.kind === 'frozen' ? undefined : owners[drill.kind]
}

/** The service whose store has the drill of this id; none for a frozen server, undefined for what is no drill's id. */
export function ownerOfId(id: string): Service | 'none' | undefined {
  const service = consumingServices.find((name) => id === `handler-throws-${name}`)
  if (service) return service
  if (servers.some((server) => id === `frozen-${server}`)) return 'none'
  return owners[id as keyof typeof owners]
}

/** Drills with the same id take each other's place. */
export function drillIdOf(drill: DrillRequest): string {
  if (drill.kind === 'handler-throws') return `${drill.kind}-${drill.service}`
  return drill.kind === 'frozen' ? `${drill.kind}-${drill.server}` : drill.kind
}

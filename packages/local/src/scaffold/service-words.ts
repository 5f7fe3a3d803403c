import { choreography, consumingServices } from '@saucery/contracts/choreography'
import { publisherOf, verbOf } from './event-names.ts'

/** The words that name a service: `delivery` keeps `deliveries`, publishes on `DELIVERIES`, and listens on a port. */
export interface ServiceWords {
  readonly one: string
  readonly many: string
  /** Where `start` and Tilt let it listen; its probes and metrics 100 above. */
  readonly port: number
}

/** A new service stands where this one does: one that reacts to events, and has its state in Postgres. */
export const like: ServiceWords = { one: 'delivery', many: 'deliveries', port: 8086 }

/** Packages and folders that are no service, and words that would be taken for another's. */
const taken = ['gateway', 'provision', 'operations', 'postgres', 'mongodb', 'nats', 'me', 'docs', 'events']

/** @throws when it is no name for a service, or a service has it */
export function newServiceName(name: string): string {
  if (!/^[a-z]{3,20}$/.test(name))
    throw new Error(`A service has a noun of small letters as its name, as delivery: ${name} is no such name`)
  const words = [...consumingServices, ...taken].flatMap((one) => [one, pluralOf(one)])
  if (words.includes(name) || words.includes(pluralOf(name))) throw new Error(`The name ${name} is taken`)
  return name
}

/** `loyalty` → `loyalties`, `gift` → `gifts` */
export function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies')
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}

const capital = (word: string) => word.replace(/^./, (first) => first.toUpperCase())

/** A service that publishes one event when the first of those happens that it consumes. */
export interface NewService extends ServiceWords {
  /** The name of its state, and of several. */
  readonly type: string
  readonly types: string
  readonly stream: string
  readonly event: string
  readonly subject: string
  /** What its state is after its event: `PointsEarned` → `EARNED`. */
  readonly status: string
  readonly consumes: readonly string[]
  /** The module of the contracts that has each of them. */
  readonly modules: readonly string[]
  readonly consumedStreams: readonly string[]
}

/** @param port one that no other service has */
export function serviceOf(one: string, event: string, consumes: readonly string[], port: number): NewService {
  const many = pluralOf(one)
  const modules = consumes.map(publisherOf)
  return {
    one,
    many,
    port,
    type: capital(one),
    types: capital(many),
    stream: many.toUpperCase(),
    event,
    subject: `${many}.${verbOf(event, one)}`,
    status: (/[A-Z][a-z]+$/.exec(event)?.[0] ?? event).toUpperCase(),
    consumes,
    modules,
    consumedStreams: [...new Set(modules.map((module) => choreography[module].stream))],
  }
}

const upper = (word: string) => word.toUpperCase()

/** The text as it would be of the other service. */
export function reworded(text: string, to: ServiceWords): string {
  const pairs = [
    [like.many, to.many],
    [like.one, to.one],
  ] as const
  const forms = pairs.flatMap(([from, word]) => [
    [from, word] as const,
    [capital(from), capital(word)] as const,
    [upper(from), upper(word)] as const,
  ])
  return [...forms, [`${like.port}`, `${to.port}`] as const].reduce(
    (changed, [from, word]) => changed.replaceAll(from, word),
    text,
  )
}

import type { OrderStory, StoryPart } from '@saucery/client/schemas'

/** A message that fails in a service, a dead letter of it, or a call of it without an outcome. */
export type Trouble =
  | { readonly kind: 'failing'; readonly service: string; readonly of: Failures['failing'][number] }
  | { readonly kind: 'letter'; readonly service: Service; readonly of: Letter }
  | { readonly kind: 'call'; readonly service: string; readonly of: Failures['calls'][number] }

type Service = StoryPart['service']
type Failures = NonNullable<StoryPart['failures']>
export type Letter = NonNullable<Failures['deadLetters']>[number]

/** All that fails of an order now, by service. A dead letter that was handled since is none any more. */
export const troublesIn = ({ services }: Pick<OrderStory, 'services'>): Trouble[] =>
  services.flatMap(({ service, failures }) => {
    const { failing = [], deadLetters = [], calls = [] } = failures ?? {}
    return [
      ...failing.map((of) => ({ kind: 'failing' as const, service, of })),
      ...deadLetters
        .filter(({ handled }) => !handled)
        .map((of) => ({ kind: 'letter' as const, service, of })),
      ...calls.map((of) => ({ kind: 'call' as const, service, of })),
    ]
  })

/** What operators did to its dead letters, the earliest first. */
export const settlementsIn = ({ services }: Pick<OrderStory, 'services'>) =>
  services
    .flatMap(({ service, failures }) => (failures?.settled ?? []).map((letter) => ({ service, letter })))
    .sort((a, b) => (a.letter.settledAt ?? '').localeCompare(b.letter.settledAt ?? ''))

/** What a service that an order waits for is held up by. */
export type HeldUp =
  | { readonly by: 'down'; readonly reason: string | undefined }
  | { readonly by: 'lag'; readonly messages: number }
  | { readonly by: 'nothing' }

export function heldUp(part: Pick<StoryPart, 'state' | 'reason' | 'behind'> | undefined): HeldUp {
  if (part?.state === 'down' || part?.reason !== undefined) return { by: 'down', reason: part.reason }
  const messages = part?.behind?.messages ?? 0
  return messages > 0 ? { by: 'lag', messages } : { by: 'nothing' }
}

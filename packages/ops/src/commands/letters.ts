import type { DeadLetter } from '@saucery/client/schemas'
import type { Service } from '@saucery/contracts/choreography'
import type { OpsConnection } from '../connect/connection.ts'
import { groupsText, lettersText, letterText } from '../render/letters.ts'
import type { LetterFilter } from './filter.ts'

const pageSize = 100

interface Listed extends LetterFilter {
  readonly state?: 'open' | 'handled' | 'discarded' | undefined
}

/** Prints the dead letters of the services, the newest first, at most `limit` of each. */
export async function listLetters(
  { client, json, print, note }: OpsConnection,
  services: readonly Service[],
  filter: Listed,
  limit: number,
): Promise<void> {
  let isCut = false
  const all: (DeadLetter & { service: string })[] = []
  for (const service of services) {
    let cursor: string | undefined
    let left = limit
    do {
      const query = { ...filter, limit: Math.min(left, pageSize), cursor }
      const { items, next } = await client.get(`/operations/${service}/dead-letters`, { query })
      all.push(...items.map((letter) => ({ service, ...letter })))
      left -= items.length
      cursor = next
    } while (cursor !== undefined && left > 0)
    isCut ||= cursor !== undefined
  }
  if (json) for (const letter of all) print(JSON.stringify(letter))
  else print(all.length > 0 ? lettersText(all) : 'No dead letter')
  if (isCut) note('There are more: give a --limit, or look at `ops dead-letters groups`')
}

/** Prints the open dead letters by event and cause. */
export async function listGroups(
  { client, json, print }: OpsConnection,
  services: readonly Service[],
  filter: LetterFilter,
): Promise<void> {
  const found = services.map(async (service) => {
    const { items } = await client.get(`/operations/${service}/dead-letters/groups`, { query: filter })
    return items.map((group) => ({ service, ...group }))
  })
  const groups = (await Promise.all(found)).flat()
  if (json) for (const group of groups) print(JSON.stringify(group))
  else print(groups.length > 0 ? groupsText(groups) : 'No open dead letter')
}

export async function showLetter(
  { client, json, print }: OpsConnection,
  service: Service,
  letter: string,
): Promise<void> {
  const found = await client.get(`/operations/${service}/dead-letters/{letter}/message`, { path: { letter } })
  print(json ? JSON.stringify(found) : letterText(found))
}

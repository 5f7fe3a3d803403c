import type { Broker } from './connection.ts'
import { directGet, type FoundMessage } from './direct-get.ts'

/** What a stream has on the subjects that a filter selects. */
export interface SubjectState {
  /** How many subjects have a message. Absent when the stream has too many to be counted. */
  readonly subjects?: number
  readonly last?: FoundMessage
}

/**
 * Reads how many subjects match, and the last message on them. Needs the permissions to publish on
 * `$JS.API.STREAM.INFO.<stream>` and `$JS.API.DIRECT.GET.<stream>`.
 * @param max streams with more subjects are not counted: the server visits each
 */
export async function subjectState(
  broker: Broker,
  stream: string,
  filter: string,
  max: number,
): Promise<SubjectState> {
  const [subjects, last] = await Promise.all([
    countSubjects(broker, stream, filter, max),
    directGet(broker, stream, { last_by_subj: filter }),
  ])
  return { ...(subjects !== undefined && { subjects }), ...(last && { last }) }
}

/** By the total of a page beyond the last one: the answer is short, because none of the subjects is in it. */
async function countSubjects({ connection, jsm }: Broker, stream: string, filter: string, max: number) {
  const { state } = await jsm.streams.info(stream)
  if ((state.num_subjects ?? 0) > max) return undefined
  const request = JSON.stringify({ subjects_filter: filter, offset: 2 ** 31 - 1 })
  const answer = await connection.request(`$JS.API.STREAM.INFO.${stream}`, request, { timeout: 5000 })
  const { total, error } = answer.json<{ total?: number; error?: { description?: string } }>()
  if (error) throw new Error(`stream ${stream} cannot be counted: ${error.description ?? 'unknown error'}`)
  return total ?? 0
}

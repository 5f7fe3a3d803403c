import type { Fact } from '@saucery/messaging/events/event'
import { finishRequests } from '@saucery/messaging/idempotency/finish-request'
import { RequestRefused } from '@saucery/messaging/idempotency/requests'
import type { Database } from '@saucery/messaging/postgres/database'
import type { Change, ChangeResult, Commit } from '@saucery/messaging/unit-of-work'
import type { Context, TypedResponse } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { orNotFound, type Problem, ProblemError, type Translate } from '../http/problem.ts'
import { keyedRequest } from './idempotency-key.ts'

/** An answer, as it is stored for repeats. */
export interface HttpAnswer<Body = unknown, Status extends ContentfulStatusCode = ContentfulStatusCode> {
  readonly status: Status
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Body
}

export interface ProblemAnswer {
  readonly problem: Problem
  readonly headers?: HttpAnswer['headers']
}

type AnyAnswer = HttpAnswer | ProblemAnswer

/** A request for a change. The answer is the state after it, with the id of the first event that it published. */
interface Command<State, P extends Fact, F extends Fact, Status extends ContentfulStatusCode> {
  /** The validated body: two spellings of one request are the same request. */
  readonly input?: unknown
  /** Set when no change may be made now: thrown, except that a repeat still gets its stored answer. */
  readonly refusal?: ProblemError | undefined
  readonly change: Omit<Change<State, P, F>, 'request'>
  readonly status: Status
  /** Of the answer, beside `Event-Id`. */
  readonly headers?: HttpAnswer<State, Status>['headers']
  /** Set when the answer is provisional: `finish` replaces it within this time, in ms. */
  readonly finalWithinMs?: number | undefined
}

/** The answer to a request or to the first of its repeats. */
export interface AnsweredOnce<Body, Status extends ContentfulStatusCode> extends HttpAnswer<Body, Status> {
  readonly isFinal: boolean
  /**
   * Replaces a provisional answer.
   * @returns the answer that counts: the first final one, which another process may have given
   * @throws ProblemError when that answer is a problem
   */
  finish<B, S extends ContentfulStatusCode>(
    final: HttpAnswer<B, S> | ProblemAnswer,
  ): Promise<HttpAnswer<B, S>>
}

/**
 * Makes `answerOnce`, which commits a command and answers it: once for all repeats with one `Idempotency-Key`.
 * A refusal by the service (4xx) is an answer too. A failure (5xx) is not stored: the client can try again.
 */
export function openAnswerOnce<State, P extends Fact, F extends Fact>(
  db: Database,
  commit: Commit<State, P, F>,
  problemOf: Translate,
) {
  const finishRequest = finishRequests(db)

  return async function answerOnce<const Status extends ContentfulStatusCode>(
    c: Context,
    { input, refusal, change, status, headers, finalWithinMs }: Command<State, P, F, Status>,
  ): Promise<AnsweredOnce<State, Status>> {
    const answer = ({ state, events }: ChangeResult<State, P>): HttpAnswer<State, Status> => ({
      status,
      headers: { ...headers, 'Event-Id': events[0]?.id },
      body: orNotFound(state),
    })
    // Each caller has keys of its own.
    const keyed = keyedRequest(c, c.get('caller').subject, input)
    if (!keyed) {
      if (refusal) throw refusal
      const isFinal = finalWithinMs === undefined
      return { ...answer(await commit(change)), isFinal, finish: async (final) => answerOrThrow(final) }
    }
    let own: AnyAnswer | undefined
    const decide = refusal ? () => raise(refusal) : change.decide
    const { stored } = await commit({
      ...change,
      decide,
      request: {
        ...keyed,
        finalWithinMs,
        answer(outcome): AnyAnswer | undefined {
          own = 'value' in outcome ? answer(outcome.value) : refusalAnswer(problemOf(outcome.error as Error))
          return own
        },
      },
    }).catch((error) => raise(error instanceof RequestRefused ? requestProblem(error) : error))
    // On the response, not in the answer: that is stored.
    if (stored?.answer !== own) c.header('Idempotent-Replayed', 'true')
    return {
      ...answerOrThrow<State, Status>(stored?.answer as AnyAnswer),
      isFinal: stored?.isFinal ?? true,
      finish: async (final) => answerOrThrow((await finishRequest({ ...keyed, answer: final })) as AnyAnswer),
    }
  }
}

const refusalAnswer = (problem: Problem | undefined): ProblemAnswer | undefined =>
  problem && problem.status < 500 ? { problem } : undefined

function raise(error: unknown): never {
  throw error
}

function answerOrThrow<Body, Status extends ContentfulStatusCode>(
  answer: AnyAnswer,
): HttpAnswer<Body, Status> {
  if (!('problem' in answer)) return answer as HttpAnswer<Body, Status>
  const headers = Object.entries(answer.headers ?? {})
  const present = headers.filter((header): header is [string, string] => header[1] !== undefined)
  throw new ProblemError(answer.problem, Object.fromEntries(present))
}

export const respond = <Body, Status extends ContentfulStatusCode>(
  c: Context,
  { body, status, headers }: HttpAnswer<Body, Status>,
) => {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  return c.json(body as object, status) as unknown as Response & ResponseOf<Body, Status>
}

/** One type for each status, as a route declares them. */
type ResponseOf<Body, Status> = Status extends ContentfulStatusCode
  ? TypedResponse<Body, Status, 'json'>
  : never

function requestProblem(cause: RequestRefused): ProblemError {
  if (cause.code === 'idempotency-key-reused') return new ProblemError(keyReused, {}, { cause })
  const retryAfter = String(Math.ceil(cause.retryAfterMs / 1000))
  return new ProblemError(inProgress, { 'retry-after': retryAfter }, { cause })
}

const inProgress: Problem = {
  status: 409,
  code: 'request-in-progress',
  title: 'The same request is in progress; try again',
}

const keyReused: Problem = {
  status: 422,
  code: 'idempotency-key-reused',
  title: 'The Idempotency-Key was used for another request',
}

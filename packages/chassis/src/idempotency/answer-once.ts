import type { Fact } from '@saucery/messaging/events/event'
import { openFinish } from '@saucery/messaging/idempotency/finish-request'
import { RequestRefused } from '@saucery/messaging/idempotency/requests'
import type { Database } from '@saucery/messaging/postgres/database'
import type { Change, ChangeResult, Commit, StoredRequest } from '@saucery/messaging/unit-of-work'
import type { Context, TypedResponse } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type Problem, ProblemError } from '../http/problem.ts'
import { keyedRequest } from './idempotency-key.ts'

/** What is answered, and kept to be answered again. */
export interface Answer<Body, Status extends ContentfulStatusCode> {
  readonly status: Status
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Body
}

/** What a request asks for, and how that is answered. */
export interface Asked<State, Said extends Fact, F extends Fact, Body, Status extends ContentfulStatusCode> {
  /** As it was understood. */
  readonly body?: unknown
  readonly change: Omit<Change<State, Said, F>, 'request'>
  answer(changed: ChangeResult<State, Said>): Answer<Body, Status>
  /** The answer is not final yet: `finish` will be called within this time. */
  readonly finalWithinMs?: number | undefined
}

/** The answer to a request, now or when it was first made. */
export interface Once<Body, Status extends ContentfulStatusCode> {
  readonly answer: Answer<Body, Status>
  readonly final: boolean
  /**
   * Replaces an answer that is not final; tells the one that counts, which is the first that somebody gave.
   * @throws ProblemError when that is a problem
   */
  finish<B, S extends ContentfulStatusCode>(answer: Answer<B, S> | ProblemAnswer): Promise<Answer<B, S>>
}

interface Service<State, Said extends Fact, F extends Fact> {
  readonly db: Database
  readonly commit: Commit<State, Said, F>
  problemOf(error: Error): Problem | undefined
}

/** An answer that is a problem. */
export interface ProblemAnswer {
  readonly problem: Problem
  readonly headers?: Answer<unknown, ContentfulStatusCode>['headers']
}

type Kept = Answer<unknown, ContentfulStatusCode> | ProblemAnswer

/**
 * Commits what a request asks for; one with an `Idempotency-Key` that is repeated is answered as the first time.
 * What the service refuses is an answer too. What fails here (5xx) is not: it can be tried again.
 */
export function answeringOnce<State, Said extends Fact, F extends Fact>(service: Service<State, Said, F>) {
  const { commit, problemOf } = service
  const finish = openFinish(service.db)

  return async function once<Body, const Status extends ContentfulStatusCode>(
    c: Context,
    asked: Asked<State, Said, F, Body, Status>,
  ): Promise<Once<Body, Status>> {
    const { body, change, answer, finalWithinMs } = asked
    // A key is its caller's own.
    const keyed = keyedRequest(c, c.get('caller').subject, body)
    if (!keyed) {
      const made = answer(await commit(change))
      return { answer: made, final: finalWithinMs === undefined, finish: async (last) => given(last) }
    }
    const request: StoredRequest<State, Said> = {
      ...keyed,
      finalWithinMs,
      answer: (outcome): Kept | undefined =>
        'value' in outcome ? answer(outcome.value) : refusal(outcome.error as Error),
    }
    const { stored } = await commit({ ...change, request }).catch((error) => {
      throw refusedRequest(c, error)
    })
    return {
      answer: given(stored?.answer as Kept),
      final: stored?.final ?? true,
      finish: async (last) => given((await finish(keyed, last)) as Kept),
    }
  }

  function refusal(error: Error): ProblemAnswer | undefined {
    const problem = problemOf(error)
    return problem && problem.status < 500 ? { problem } : undefined
  }
}

function given<Body, Status extends ContentfulStatusCode>(kept: Kept): Answer<Body, Status> {
  if ('problem' in kept) throw new ProblemError(kept.problem, headersOf(kept))
  return kept as Answer<Body, Status>
}

const headersOf = ({ problem, headers = {} }: ProblemAnswer): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ),
  ...(problem.status === 503 ? { 'retry-after': '1' } : {}),
})

export const respond = <Body, Status extends ContentfulStatusCode>(
  c: Context,
  { body, status, headers }: Answer<Body, Status>,
) => {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  return c.json(body as object, status) as unknown as Response & Answered<Body, Status>
}

/** One type for each status, as a route declares them. */
type Answered<Body, Status> = Status extends ContentfulStatusCode
  ? TypedResponse<Body, Status, 'json'>
  : never

function refusedRequest(c: Context, error: unknown): unknown {
  if (!(error instanceof RequestRefused)) return error
  const { code, retryAfterMs } = error
  if (code === 'request-in-progress') c.header('Retry-After', String(Math.ceil(retryAfterMs / 1000)))
  return new ProblemError(refusedAs[code], {}, { cause: error })
}

const refusedAs = {
  'request-in-progress': {
    status: 409,
    code: 'request-in-progress',
    title: 'The same request is in progress; try again',
  },
  'idempotency-key-reused': {
    status: 422,
    code: 'idempotency-key-reused',
    title: 'The Idempotency-Key was used for another request',
  },
} as const

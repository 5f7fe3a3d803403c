import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { pino } from 'pino'
import { handleProblems, ProblemError, storeUnavailable } from './problem.ts'

/** The answer and the log lines of an app whose handler throws. */
async function answerTo(error: Error, translate?: Parameters<typeof handleProblems>[2]) {
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const app = new Hono()
  handleProblems(app, log, translate)
  app.get('/', () => {
    throw error
  })
  const response = await app.request('/')
  const { status, headers } = response
  return { status, headers, body: (await response.json()) as object, lines }
}

describe('an error', () => {
  it('that is a problem is answered as that problem', async () => {
    const problem = { status: 409, code: 'too-late', title: 'It is too late', detail: 'by far' } as const
    const { status, headers, body, lines } = await answerTo(new ProblemError(problem))
    assert.equal(status, 409)
    assert.equal(headers.get('content-type'), 'application/problem+json')
    assert.deepEqual(body, { type: '/problems#too-late', ...problem })
    assert.deepEqual(lines, [])
  })

  it('that is unknown is answered with 500 and logged, and its message stays secret', async () => {
    const { status, body, lines } = await answerTo(new Error('the secret failed'))
    assert.equal(status, 500)
    assert.equal((body as { code: string }).code, 'internal-error')
    assert.ok(!JSON.stringify(body).includes('secret'))
    assert.equal(lines.length, 1)
  })

  it('that the service translates is answered as that problem', async () => {
    const known = { status: 409, code: 'known', title: 'It is known' } as const
    const { status, lines } = await answerTo(new Error('known'), () => known)
    assert.equal(status, 409)
    assert.deepEqual(lines, [])
  })

  it('of a store that is down is answered with `Retry-After`, and logged in one line', async () => {
    const refused = new Error('connect ECONNREFUSED')
    const error = new Error('Failed query: insert … params: the secret', { cause: refused })
    const { status, headers, lines } = await answerTo(error, () => storeUnavailable)
    assert.equal(status, 503)
    assert.equal(headers.get('retry-after'), '1')
    const { level, reason, method, path } = JSON.parse(lines.join())
    assert.deepEqual(
      { level, reason, method, path },
      { level: 40, reason: 'Error: connect ECONNREFUSED', method: 'GET', path: '/' },
    )
    assert.ok(!lines.join().includes('secret'))
  })

  it('of the framework keeps its status', async () => {
    const { status, headers } = await answerTo(new HTTPException(413, { message: 'too large' }))
    assert.equal(status, 413)
    assert.equal(headers.get('content-type'), 'application/problem+json')
  })
})

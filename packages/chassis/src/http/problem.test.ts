import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { pino } from 'pino'
import { z } from 'zod'
import { handleProblems, invalidInput, ProblemError, storeUnavailable } from './problem.ts'

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

const placesIn = (schema: z.ZodType, input: unknown, where: 'body' | 'query' = 'body') => {
  const { error } = schema.safeParse(input)
  assert.ok(error)
  return invalidInput(error, where, input).problem.errors?.map(
    ({ pointer, parameter }) => pointer ?? parameter,
  )
}

describe('an error', () => {
  it('that is a problem is answered as that problem', async () => {
    const problem = { status: 409, code: 'too-late', title: 'It is too late', detail: 'by far' } as const
    const { status, headers, body, lines } = await answerTo(new ProblemError(problem))
    assert.equal(status, 409)
    assert.equal(headers.get('content-type'), 'application/problem+json')
    assert.deepEqual(body, { type: 'urn:problem:too-late', ...problem })
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

describe('invalid input', () => {
  const schema = z.strictObject({ qty: z.int().max(10), of: z.strictObject({ 'a/b~c': z.string() }) })

  it('is named by a pointer, with escapes', () => {
    assert.deepEqual(placesIn(schema, { qty: 1, of: { 'a/b~c': 1 } }), ['/of/a~1b~0c'])
    assert.deepEqual(placesIn(z.array(z.string()), ['', 1]), ['/1'])
    assert.deepEqual(placesIn(schema, []), [''])
  })

  it('is named at each unknown field, at any depth', () => {
    const input = { qty: 1, color: 'red', of: { 'a/b~c': '', 'd/e': 1 }, size: 2 }
    assert.deepEqual(placesIn(schema, input)?.sort(), ['/color', '/of/d~1e', '/size'])
  })

  it('that is missing is required, whatever its schema says of it', async () => {
    const id = z.union([z.string(), z.int()], { error: 'must be an id' })
    const schema = z.strictObject({ id, qty: z.int(), of: z.strictObject({ id }), kind: z.enum(['a']) })
    const detailsFor = (input: object) => {
      const { error } = schema.safeParse(input)
      assert.ok(error)
      return new Set(invalidInput(error, 'body', input).problem.errors?.map(({ detail }) => detail))
    }
    assert.deepEqual(detailsFor({ of: {} }), new Set(['is required']))
    assert.deepEqual(detailsFor({ id: null, qty: 1, of: { id: 1 }, kind: 'a' }), new Set(['must be an id']))
  })

  it('is named once, however much is wrong with a field', () => {
    assert.deepEqual(placesIn(schema, { qty: 2 ** 60, of: { 'a/b~c': '' } }), ['/qty'])
  })

  it('in a query is named by its parameter', () => {
    assert.deepEqual(placesIn(z.object({ limit: z.coerce.number().max(10) }), { limit: '11' }, 'query'), [
      'limit',
    ])
  })
})

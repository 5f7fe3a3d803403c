import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { z } from 'zod'
import { problemHandlers } from './problem.ts'
import { causeOf, idOf, pageOf, pageQuery, readBody, readQuery } from './request.ts'
import { problemIn } from './testing/http.ts'
import { quietLog } from './testing/log.ts'

const { onError, notFound } = problemHandlers(quietLog)
const app = new Hono()
app.onError(onError)
app.notFound(notFound)
app.post('/body', async (c) => c.json(await readBody(c, z.object({ a: z.int().optional() }))))
app.get('/page', (c) => c.json(readQuery(c, z.object(pageQuery))))
app.get('/cause', (c) => c.json(causeOf(c)))
app.get('/:id', (c) => c.text(idOf(c)))

const id = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
const json = async (path: string, init?: RequestInit) => (await app.request(path, init)).json()

describe('a body', () => {
  it('is read as JSON, whatever its content type; none is an empty object', async () => {
    const post = (body: string) => json('/body', { method: 'POST', body })
    assert.deepEqual(await post('{"a":1}'), { a: 1 })
    assert.deepEqual(await post(''), {})
  })

  it('that is no JSON is a problem of its own', async () => {
    const problem = await problemIn(app.request('/body', { method: 'POST', body: '{' }))
    assert.deepEqual(problem, { status: 400, code: 'invalid-json', places: [] })
  })
})

describe('an id in the path', () => {
  it('is a UUID, in small letters', async () => {
    assert.equal(await (await app.request(`/${id.toUpperCase()}`)).text(), id)
  })

  for (const wrong of ['1', 'x'.repeat(5000), `${id}0`, '%00', '..%2f'])
    it(`is not found when it is ${wrong.slice(0, 40)}`, async () => {
      assert.deepEqual(await problemIn(app.request(`/${wrong}`)), {
        status: 404,
        code: 'not-found',
        places: [],
      })
    })
})

describe('a request as a cause', () => {
  const causeFor = async (headers: Record<string, string>) =>
    (await json('/cause', { headers })) as { id: string; traceparent: string }

  it('has the id and the trace that it came with', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const cause = await causeFor({ 'x-request-id': 'a-1.b_2', traceparent })
    assert.deepEqual(cause, { id: 'a-1.b_2', traceparent })
  })

  it('gets an id when it has none that can be used', async () => {
    for (const given of ['', 'a b', 'ü', 'x'.repeat(101)]) {
      const cause = await causeFor(given === '' ? {} : { 'x-request-id': given })
      assert.match(cause.id, /^[0-9a-f-]{36}$/)
    }
  })
})

describe('a page', () => {
  it('is of fifty when nobody says otherwise, and takes a cursor in any case', async () => {
    assert.deepEqual(await json('/page'), { limit: 50 })
    assert.deepEqual(await json(`/page?limit=200&cursor=${id.toUpperCase()}`), { limit: 200, cursor: id })
  })

  it('names its last item as the next cursor only when there is more', () => {
    const idOfItem = (item: string) => item
    assert.deepEqual(pageOf(['c', 'b', 'a'], 2, idOfItem), { items: ['c', 'b'], next: 'b' })
    assert.deepEqual(pageOf(['c', 'b'], 2, idOfItem), { items: ['c', 'b'] })
    assert.deepEqual(pageOf([], 2, idOfItem), { items: [] })
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRoute, z } from '@hono/zod-openapi'
import { allowEveryone } from '../testing/caller-tokens.ts'
import { readProblem } from '../testing/http.ts'
import { silentLog } from '../testing/log.ts'
import { openApiApp } from './app.ts'
import { jsonResponse, orderIdParam } from './schemas.ts'

const app = openApiApp(silentLog, allowEveryone)
const number = z.strictObject({ a: z.int() })
const post = createRoute({
  method: 'post',
  path: '/numbers',
  request: { body: { content: { 'application/json': { schema: number } }, required: true } },
  responses: { 200: jsonResponse('It', number) },
})
const one = createRoute({
  method: 'get',
  path: '/numbers/{id}',
  request: { params: orderIdParam },
  responses: { 200: jsonResponse('Its id', z.string()) },
})
app.openapi(post, (c) => c.json(c.req.valid('json'), 200))
app.openapi(one, (c) => c.json(c.req.valid('param').id, 200))

const id = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
const send = (body: string | undefined, type = 'application/json') =>
  app.request('/numbers', {
    method: 'POST',
    ...(body === undefined ? {} : { body }),
    headers: { 'content-type': type },
  })

describe('a body', () => {
  it('is read as JSON, with or without a charset', async () => {
    assert.deepEqual(await (await send('{"a":1}')).json(), { a: 1 })
    assert.deepEqual(await (await send('{"a":1}', 'application/json; charset=utf-8')).json(), { a: 1 })
  })

  it('that is no JSON is a problem of its own', async () => {
    for (const body of ['{', '', '{"a":1}x'])
      assert.deepEqual(await readProblem(send(body)), { status: 400, code: 'invalid-json', places: [] })
  })

  it('that says to be something else is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])
      assert.deepEqual(await readProblem(send('{"a":1}', type)), {
        status: 415,
        code: 'unsupported-media-type',
        places: [],
      })
  })

  it('is read up to 64 KiB, and refused beyond', async () => {
    const ofLength = (length: number) => send(`{"a":1}${' '.repeat(length - 7)}`)
    assert.equal((await ofLength(64 * 1024)).status, 200)
    assert.deepEqual(await readProblem(ofLength(64 * 1024 + 1)), {
      status: 413,
      code: 'body-too-large',
      places: [],
    })
  })

  it('is pointed to where it is wrong', async () => {
    assert.deepEqual(await readProblem(send('{"a":"1","b":2}')), {
      status: 422,
      code: 'invalid-input',
      places: ['/a', '/b'],
    })
  })
})

describe('an id in the path', () => {
  it('is a UUID, in small letters', async () => {
    assert.equal(await (await app.request(`/numbers/${id.toUpperCase()}`)).json(), id)
  })

  for (const wrong of ['1', 'x'.repeat(5000), `${id}0`, '%00', '..%2f', '%E0%A4%A'])
    it(`is not found when it is ${wrong.slice(0, 40)}`, async () => {
      assert.deepEqual(await readProblem(app.request(`/numbers/${wrong}`)), {
        status: 404,
        code: 'not-found',
        places: [],
      })
    })
})

describe('a path', () => {
  it('tells what may be done with it', async () => {
    const response = await app.request(`/numbers/${id}`, { method: 'DELETE' })
    assert.equal(response.headers.get('allow'), 'GET')
    assert.deepEqual(await readProblem(response), { status: 405, code: 'method-not-allowed', places: [] })
  })

  it('that nobody knows is a problem', async () => {
    assert.deepEqual(await readProblem(app.request('/sauces')), {
      status: 404,
      code: 'no-such-route',
      places: [],
    })
  })
})

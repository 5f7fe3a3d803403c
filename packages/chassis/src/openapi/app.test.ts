import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRoute, z } from '@hono/zod-openapi'
import { pageQuery } from '../http/pages.ts'
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
const list = createRoute({
  method: 'get',
  path: '/numbers',
  request: { query: z.object(pageQuery) },
  responses: { 200: jsonResponse('The limit', z.int()) },
})
app.openapi(list, (c) => c.json(c.req.valid('query').limit, 200))
app.openapi(post, (c) => c.json(c.req.valid('json'), 200))
app.openapi(one, (c) => c.json(c.req.valid('param').id, 200))

const id = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'
const send = (body: string | Buffer<ArrayBuffer>, type = 'application/json', headers = {}) =>
  app.request('/numbers', { method: 'POST', body, headers: { 'content-type': type, ...headers } })

describe('a body', () => {
  it('is read as JSON, with or without a charset', async () => {
    assert.deepEqual(await (await send('{"a":1}')).json(), { a: 1 })
    for (const charset of ['utf-8', 'UTF-8', '"utf-8"', 'utf8'])
      assert.deepEqual(await (await send('{"a":1}', `application/json; charset=${charset}`)).json(), { a: 1 })
  })

  it('is a problem of its own when it is not JSON', async () => {
    for (const body of ['{', '', '{"a":1}x'])
      assert.deepEqual(await readProblem(send(body)), { status: 400, code: 'invalid-json', places: [] })
  })

  it('is not JSON when its bytes are not UTF-8', async () => {
    for (const hex of ['ff', 'c3', 'c0af', 'eda080', 'f4908080'])
      for (const [before, after] of [
        ['{"a":1,"b":"', '"}'],
        ['{"', '":1}'],
        ['', ''],
      ] as const) {
        const body = Buffer.concat([Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)])
        assert.deepEqual(await readProblem(send(body)), { status: 400, code: 'invalid-json', places: [] })
      }
  })

  it('is not JSON when an object has a key twice, however it is spelt', async () => {
    const body = String.raw
    for (const twice of [
      body`{"a":1,"a":1}`,
      body`{"a":1, "\u0061" : 2}`,
      body`{"a":{"b":1,"b":2}}`,
      body`{"a":[{"\"":1,"\"":2}]}`,
    ])
      assert.deepEqual(
        await readProblem(send(twice)),
        { status: 400, code: 'invalid-json', places: [] },
        twice,
      )
    // Equal keys of different objects, and values that look like keys.
    for (const once of [
      body`{"a":[{"b":1},{"b":2}]}`,
      body`{"a":{"a":"a"}}`,
      body`{"a":["a:","a","\"a\":"]}`,
    ])
      assert.equal((await readProblem(send(once))).code, 'invalid-input', once)
  })

  it('is refused with a content coding', async () => {
    for (const coding of ['gzip', 'br', 'identity, gzip', 'nonsense']) {
      const answer = await send('{"a":1}', 'application/json', { 'content-encoding': coding })
      assert.equal(answer.headers.get('accept-encoding'), 'identity')
      const problem = { status: 415, code: 'unsupported-content-encoding', places: [] }
      assert.deepEqual(await readProblem(answer), problem)
    }
    assert.equal((await send('{"a":1}', 'application/json', { 'content-encoding': 'identity' })).status, 200)
  })

  it('is refused with another content type or charset', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'nonsense',
      'application/problem+json',
      'application/vnd.api+json; charset=utf-8',
      'text/json',
      'application/json; charset=iso-8859-1',
      'application/json;charset="utf-16"',
      'application/json; charset=utf-8; charset=latin1',
    ])
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

  it('is refused with a pointer to each invalid field', async () => {
    assert.deepEqual(await readProblem(send('{"a":"1","b":2}')), {
      status: 422,
      code: 'invalid-input',
      places: ['/a', '/b'],
    })
  })

  it('has each field that is required', async () => {
    const { errors } = (await (await send('{}')).json()) as { errors: object[] }
    assert.deepEqual(errors, [{ pointer: '/a', detail: 'is required' }])
  })
})

describe('an id in the path', () => {
  it('is a UUID, read in lower case', async () => {
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
  for (const [path, allow] of [
    [`/numbers/${id}`, 'GET, HEAD, OPTIONS'],
    ['/numbers', 'GET, HEAD, POST, OPTIONS'],
  ] as const)
    it(`has all methods of ${path} in its 405, and in its answer to OPTIONS`, async () => {
      const refused = await app.request(path, { method: 'DELETE' })
      assert.equal(refused.headers.get('allow'), allow)
      assert.deepEqual(await readProblem(refused), { status: 405, code: 'method-not-allowed', places: [] })
      const options = await app.request(path, { method: 'OPTIONS' })
      assert.deepEqual([options.status, options.headers.get('allow')], [204, allow])
      for (const method of allow.split(', '))
        assert.notEqual((await app.request(path, { method })).status, 405, method)
    })

  it('that is unknown has no methods', async () => {
    assert.equal((await app.request('/sauces', { method: 'OPTIONS' })).status, 404)
  })

  it('that is unknown is a problem', async () => {
    assert.deepEqual(await readProblem(app.request('/sauces')), {
      status: 404,
      code: 'no-such-route',
      places: [],
    })
  })
})

describe('JSON that is read', () => {
  const read = (path: string, headers = {}) => app.request(path, { headers })

  it('has a tag, which the client may keep and has to ask with', async () => {
    const first = await read('/numbers?limit=7')
    const tag = first.headers.get('etag') ?? ''
    assert.match(tag, /^W\/"[^"]+"$/)
    assert.equal(first.headers.get('cache-control'), 'private, no-cache')
    for (const known of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
      const same = await read('/numbers?limit=7', { 'if-none-match': known })
      assert.deepEqual([same.status, await same.text()], [304, ''])
      assert.equal(same.headers.get('etag'), tag)
      const changed = await read('/numbers?limit=8', { 'if-none-match': known })
      assert.equal(changed.status, known === '*' ? 304 : 200)
    }
    assert.equal((await app.request('/numbers?limit=7', { method: 'HEAD' })).headers.get('etag'), tag)
  })

  it('has no tag when it is a problem, or the answer to a change', async () => {
    for (const answer of [await read('/numbers?limit=0'), await read('/sauces'), await send('{"a":1}')])
      assert.deepEqual([answer.headers.get('etag'), answer.headers.get('cache-control')], [null, null])
  })

  it('is never read when it is an event stream', async () => {
    const streaming = openApiApp(silentLog, allowEveryone)
    const endless = new ReadableStream({ pull: (stream) => stream.enqueue('data: 1\n\n') })
    const headers = { 'content-type': 'text/event-stream' }
    streaming.get('/live', () => new Response(endless, { headers }))
    const answer = await streaming.request('/live', { headers: { 'if-none-match': '*' } })
    assert.deepEqual([answer.status, answer.headers.get('etag')], [200, null])
    await answer.body?.cancel()
  })
})

describe('a query', () => {
  const invalid = (...places: string[]) => ({ status: 422, code: 'invalid-input', places })

  it('has whole numbers in decimal digits only', async () => {
    for (const [limit, read] of [
      ['7', 7],
      ['007', 7],
      ['200', 200],
    ] as const)
      assert.equal(await (await app.request(`/numbers?limit=${limit}`)).json(), read)
    for (const limit of [
      '0x10',
      '1e1',
      '+5',
      '%2B5',
      '%205',
      '5.0',
      '',
      '0',
      '201',
      '-1',
      'true',
      '1&limit=1',
      '9'.repeat(400),
    ])
      assert.deepEqual(await readProblem(app.request(`/numbers?limit=${limit}`)), invalid('limit'), limit)
  })

  it('has each parameter once', async () => {
    const { errors } = (await (await app.request('/numbers?limit=1&limit=1')).json()) as { errors: object[] }
    assert.deepEqual(errors, [{ parameter: 'limit', detail: 'is there more than once' }])
  })

  it('has only parameters that its route declares', async () => {
    assert.deepEqual(await readProblem(app.request('/numbers?Limit=1&x=')), invalid('Limit', 'x'))
    assert.deepEqual(await readProblem(app.request(`/numbers/${id}?limit=1`)), invalid('limit'))
    const post = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }
    assert.deepEqual(await readProblem(app.request('/numbers?__proto__=1', post)), invalid('__proto__'))
  })

  it('is malformed when it is not percent-encoded UTF-8', async () => {
    for (const text of ['%FF', '%', '%zz', '%C0%AF', '%ED%A0%80'])
      assert.deepEqual(await readProblem(app.request(`/numbers?cursor=${text}`)), {
        status: 400,
        code: 'malformed-request',
        places: [],
      })
  })
})

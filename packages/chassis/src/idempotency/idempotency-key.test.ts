import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { ProblemError } from '../http/problem.ts'
import { keyedRequest } from './idempotency-key.ts'

/** Reads the key of a POST with this header. */
async function keyedRequestOf(
  header: string | undefined,
  { path = '/orders', body = {} as unknown, scope = '' } = {},
) {
  const app = new Hono()
  let result: ReturnType<typeof keyedRequest>
  let thrown: unknown
  app.post('*', (c) => {
    result = keyedRequest(c, scope, body)
    return c.body(null)
  })
  app.onError((error, c) => {
    thrown = error
    return c.body(null)
  })
  await app.request(path, {
    method: 'POST',
    headers: header === undefined ? {} : { 'idempotency-key': header },
  })
  if (thrown) throw thrown
  return result
}

const keyIn = async (header: string) => (await keyedRequestOf(header))?.key
const fingerprintOf = async (asked: Parameters<typeof keyedRequestOf>[1]) =>
  (await keyedRequestOf('k', asked))?.fingerprint

describe('a key', () => {
  it('is a string in quotes, or bare', async () => {
    assert.equal(
      await keyIn('"8e03978e-40d5-43dd-bc93-6894a57f9324"'),
      '8e03978e-40d5-43dd-bc93-6894a57f9324',
    )
    assert.equal(await keyIn('8e03978e-40d5-43dd-bc93-6894a57f9324'), '8e03978e-40d5-43dd-bc93-6894a57f9324')
    assert.equal(await keyIn(String.raw`"a \"b\" \\c"`), String.raw`a "b" \c`)
    assert.equal(await keyIn(`"${'k'.repeat(255)}"`), 'k'.repeat(255))
  })

  it('is optional', async () => {
    assert.equal(await keyedRequestOf(undefined), undefined)
  })

  for (const wrong of [
    '',
    '""',
    '"a',
    'a"',
    '"a"b"',
    '"\\a"',
    'a b',
    'a, b',
    '"a", "b"',
    '"é"',
    'k'.repeat(256),
  ])
    it(`is not ${wrong.slice(0, 20) || 'empty'}`, async () => {
      await assert.rejects(keyedRequestOf(wrong), (error: ProblemError) => {
        assert.ok(error instanceof ProblemError)
        return error.problem.status === 400 && error.problem.code === 'invalid-idempotency-key'
      })
    })
})

describe('two requests', () => {
  it('are the same when method, path and body are the same, however the body is written', async () => {
    const body = { a: 1, b: { c: [1, 2], d: null } }
    const reordered = { b: { d: null, c: [1, 2] }, a: 1 }
    assert.equal(await fingerprintOf({ body }), await fingerprintOf({ body: reordered }))
  })

  it('differ by their path and their body', async () => {
    const asked = [
      { body: { a: 1 } },
      { body: { a: '1' } },
      { body: { a: [1, 2] } },
      { body: { a: [2, 1] } },
      { body: undefined },
      { body: { a: 1 }, path: '/orders/1/cancel' },
    ]
    assert.equal(new Set(await Promise.all(asked.map(fingerprintOf))).size, asked.length)
  })
})

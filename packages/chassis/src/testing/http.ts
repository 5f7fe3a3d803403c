import assert from 'node:assert/strict'
import type { Hono } from 'hono'

/** What a problem+json answer says: its status and code, and the places of what is wrong with the input. */
export async function readProblem(response: Response | Promise<Response>) {
  const { status, headers, ...answer } = await bodyOf(await response)
  assert.equal(headers.get('content-type'), 'application/problem+json')
  const {
    code,
    type,
    errors = [],
  } = answer.body as {
    code: string
    type: string
    errors?: { pointer?: string; parameter?: string }[]
  }
  assert.equal(type, `urn:problem:${code}`)
  return { status, code, places: errors.map(({ pointer, parameter }) => pointer ?? parameter) }
}

/** The body of an answer of 200. */
export async function getJson<T>(app: Hono, path: string): Promise<T> {
  const { status, body } = await bodyOf(await app.request(path))
  assert.equal(status, 200, JSON.stringify(body))
  return body as T
}

export interface ListPage<T> {
  readonly items: T[]
  readonly next?: string
}

/** What a list has on all its pages, read with the cursor that each page gives. */
export async function allPages<T>(app: Hono, path: string, limit: number): Promise<T[]> {
  const found: T[] = []
  for (let cursor = ''; ; ) {
    const { items, next } = await getJson<ListPage<T>>(app, `${path}&limit=${limit}${cursor}`)
    assert.ok(items.length <= limit)
    found.push(...items)
    if (next === undefined) return found
    assert.ok(items.length > 0)
    cursor = `&cursor=${next}`
  }
}

const bodyOf = async (response: Response) => ({
  status: response.status,
  headers: response.headers,
  body: await response.json(),
})

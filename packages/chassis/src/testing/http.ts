import assert from 'node:assert/strict'
import type { Hono } from 'hono'

/** The status and code of a problem+json answer, and the places of its invalid fields. */
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
  assert.equal(type, `/problems#${code}`)
  return { status, code, places: errors.map(({ pointer, parameter }) => pointer ?? parameter) }
}

/** The body of an answer, which must have status 200. */
export async function getJson<T>(app: Hono, path: string): Promise<T> {
  const { status, body } = await bodyOf(await app.request(path))
  assert.equal(status, 200, JSON.stringify(body))
  return body as T
}

export interface ListPage<T> {
  readonly items: T[]
  readonly next?: string
}

/** The items of all pages of a list. */
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

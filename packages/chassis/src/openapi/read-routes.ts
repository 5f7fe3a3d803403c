import { createRoute, type z } from '@hono/zod-openapi'
import { listQuery } from '../http/lists.ts'
import { jsonPage, jsonResponse, listProblems, orderIdParam, problems, readProblems } from './schemas.ts'

interface Words {
  readonly operationId: string
  readonly summary: string
  readonly tags: string[]
}

/** `GET` of a list, in pages, filtered by status, branch and order. */
export const listRoute = <const Path extends string, Item extends z.ZodType, Status extends string>(
  path: Path,
  item: Item,
  statuses: readonly Status[],
  words: Words,
) =>
  createRoute({
    method: 'get',
    path,
    ...words,
    request: { query: listQuery(statuses) },
    responses: { 200: jsonPage(item), ...listProblems },
  })

/** `GET` of one item by its order's id. */
export const getRoute = <const Path extends string, Item extends z.ZodType>(
  path: Path,
  item: Item,
  { found, missing, ...words }: Words & { readonly found: string; readonly missing: string },
) =>
  createRoute({
    method: 'get',
    path,
    ...words,
    request: { params: orderIdParam },
    responses: { 200: jsonResponse(found, item), ...problems({ 404: missing }), ...readProblems },
  })

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { type PageQuery, pageQuery, pageResponse } from './pages.ts'

const ids = Array.from({ length: 7 }, (_, i) => uuidv7({ msecs: Date.UTC(2026, 0, 1 + i) })).reverse()
const find = async ({ limit, cursor = 'g', since = '', until = 'g' }: PageQuery) =>
  ids.filter((id) => id < cursor && id >= since && id < until).slice(0, limit)

const schema = z.object(pageQuery)
const app = new Hono()
app.get('/ids', async (c) => c.json(await pageResponse(c, schema.parse(c.req.query()), find, (id) => id)))

async function get(path: string) {
  const response = await app.request(path)
  const page = (await response.json()) as { items: string[]; next?: string }
  return { ...page, link: response.headers.get('link') }
}

describe('a page', () => {
  it('leads through its links to the end of the list', async () => {
    const found: string[] = []
    for (let path: string | undefined = '/ids?limit=3'; path !== undefined; ) {
      const { items, link }: Awaited<ReturnType<typeof get>> = await get(path)
      found.push(...items)
      path = link === null ? undefined : /^<(.+)>; rel="next"$/.exec(link)?.[1]
    }
    assert.deepEqual(found, ids)
  })

  it('names the next page in its body too, and only when there is one', async () => {
    const first = await get('/ids?limit=4')
    assert.deepEqual((await get(`/ids?limit=4&cursor=${first.next}`)).items, ids.slice(4))
    const all = await get('/ids?limit=7')
    assert.deepEqual([all.items.length, all.next, all.link], [7, undefined, null])
  })

  it('keeps the filters in its link', async () => {
    const { link } = await get('/ids?limit=2&since=2026-01-02T00:00:00Z')
    assert.match(link ?? '', /limit=2&since=2026-01-02T00%3A00%3A00Z&cursor=/)
  })

  it('covers a time from `since` to before `until`', async () => {
    const { items } = await get('/ids?since=2026-01-02T00:00:00Z&until=2026-01-04T00:00:00Z')
    assert.deepEqual(items, ids.slice(4, 6))
    assert.deepEqual((await get('/ids?since=2026-01-07T01:00:00%2B01:00')).items, ids.slice(0, 1))
    assert.deepEqual((await get('/ids?until=0001-01-01T00:00:00Z')).items, [])
  })

  it('has fifty items by default', () => {
    assert.equal(schema.parse({}).limit, 50)
  })

  for (const wrong of [
    { limit: '0' },
    { limit: '201' },
    { limit: '1.5' },
    { limit: '' },
    { cursor: '1' },
    { cursor: ids[0] },
    { cursor: '!'.repeat(22) },
    { since: 'yesterday' },
    { until: '2026-01-01' },
  ])
    it(`refuses ${JSON.stringify(wrong)}`, () => {
      assert.deepEqual(
        schema.safeParse(wrong).error?.issues.map(({ path }) => path.join()),
        Object.keys(wrong),
      )
    })
})

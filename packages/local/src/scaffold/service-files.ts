import { like, type NewService } from './service-words.ts'
import { PlaceNotFound } from './source-text.ts'

/** A file of the package. What it shares with delivery's it takes from there. */
type Template = (service: NewService, read: (path: string) => string) => string

/** The package of a new service: it reacts to the first of the events that it consumes, once for each order. */
export const serviceFiles: Readonly<Record<string, Template>> = {
  'README.md': ({ one, many, event, status, consumes, stream }) => `# ${one}

Publishes ${event} once for each order, when the first of the events happens that it consumes.

**Owns** the Postgres database \`${many}\`: \`${many}\`, \`outbox\`, \`inbox\`, \`dead_letters\`.

**Publishes** on \`${stream}\`: ${event}.

**Consumes**

| event | when the ${one} is | reaction |
| --- | --- | --- |
${consumes.map((name) => `| ${name} | nothing yet | ${event}: it is ${status} |`).join('\n')}

**HTTP** \`GET /${many}\` (newest order first: \`status\`, \`orderId\`, \`since\`, \`until\`, \`limit\`), \`GET /${many}/{orderId}\`, for operators; no
commands. Operators: \`/operations/${one}\` ([chassis](../chassis/README.md)).

**Settings** those of every service: [chassis](../chassis/README.md).

**Failures** An event that comes again, or late, changes nothing: the order has its ${one} already.

**Files in reading order** \`domain.ts\` · \`schema.ts\` · \`store.ts\` · \`reactions.ts\` · \`routes.ts\` · \`api.ts\` · \`settings.ts\` ·
\`main.ts\`

**Everyday changes** a rule: \`domain.ts\` · a field or filter: \`routes.ts\`, \`schema.ts\`, \`store.ts\` and a migration · who may
read: contracts' \`access/scope.ts\` · a setting: \`settings.ts\`
`,

  'src/domain.ts': ({
    one,
    type,
    event,
    status,
    consumes,
  }) => `import type { Consumed, Published } from '@saucery/contracts/choreography'
import { ${event} } from '@saucery/contracts/${one}'

/** The ${one} of one order, whose id it has. */
export interface ${type} {
  readonly orderId: string
  readonly status: '${status}'
  readonly since: string
}

export type ${type}Event = Published<'${one}'> | Consumed<'${one}'>

/** What ${one} publishes in reaction to an event: the first one that comes, and none after it. */
export function react(${one}: ${type} | undefined, event: Consumed<'${one}'>): Published<'${one}'>[] {
  const { orderId } = event.data
  switch (event.name) {
${consumes.map((name) => `    case '${name}':`).join('\n')}
      return ${one} ? [] : [${event}({ orderId })]
  }
}

/** The ${one} after an event, its own or a consumed one; the same object when nothing changes. */
export function evolve(${one}: ${type} | undefined, event: ${type}Event & { time: string }): ${type} | undefined {
  switch (event.name) {
    case '${event}':
      return ${one} ?? { orderId: event.data.orderId, status: '${status}', since: event.time }
${consumes.map((name) => `    case '${name}':`).join('\n')}
      return ${one}
  }
}
`,

  'src/schema.ts': (
    { many, status },
    read,
  ) => `import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

${tablesOfAll(read(`packages/${like.one}/src/schema.ts`))}
export const ${many} = pgTable(
  '${many}',
  {
    orderId: uuid('order_id').primaryKey(),
    status: text('status', { enum: ['${status}'] }).notNull(),
    since: timestamp('since', { withTimezone: true, precision: 3, mode: 'string' }).notNull(),
  },
  // An order's id is a UUIDv7: in descending order of it, the newest comes first.
  (table) => [index('${many}_status').on(table.status, table.orderId)],
)
`,

  'src/store.ts': ({
    one,
    many,
    type,
    types,
  }) => `import { type ListQuery, matchesQuery, sortedBy } from '@saucery/chassis/http/lists'
import type { Published } from '@saucery/contracts/choreography'
import { type Database, keyIn, upsertAll } from '@saucery/messaging/postgres/database'
import type { Aggregate, Commit } from '@saucery/messaging/unit-of-work'
import { eq } from 'drizzle-orm'
import { evolve, type ${type}, type ${type}Event } from './domain.ts'
import { ${many} } from './schema.ts'

export type Commit${type} = Commit<${type}, Published<'${one}'>, ${type}Event>

export const ${one}Aggregate: Aggregate<${type}, ${type}Event> = {
  table: ${many},
  async load(tx, orderIds) {
    const rows = await tx.select().from(${many}).where(keyIn(${many}.orderId, orderIds))
    return new Map(rows.map((row) => [row.orderId, to${type}(row)]))
  },
  save: (tx, states) => upsertAll(tx, ${many}, states),
  evolve,
}

export async function find${type}(db: Database, orderId: string): Promise<${type} | undefined> {
  const [row] = await db.select().from(${many}).where(eq(${many}.orderId, orderId))
  return row && to${type}(row)
}

export type ${type}Query = ListQuery<${type}['status']>

/** The statement behind a list. (plans.int.test: "costs of many what it costs of 10,000, …") */
export const select${types} = (db: Database, query: ${type}Query) =>
  db
    .select()
    .from(${many})
    .where(matchesQuery(query, ${many}.orderId, { status: ${many}.status }))
    .orderBy(sortedBy(query, ${many}.orderId))
    .limit(query.limit)

/** In the query's order. */
export const find${types} = async (db: Database, query: ${type}Query): Promise<${type}[]> =>
  (await select${types}(db, query)).map(to${type})

/** Postgres writes times in another way. */
const to${type} = (row: typeof ${many}.$inferSelect): ${type} => ({
  ...row,
  since: new Date(row.since).toISOString(),
})
`,

  'src/routes.ts': ({ one, many, type, types, status }) => `import { z } from '@hono/zod-openapi'
import { getRoute, listRoute } from '@saucery/chassis/openapi/read-routes'

const ${one} = z
  .object({ orderId: z.uuid(), status: z.literal('${status}'), since: z.iso.datetime() })
  .openapi('${type}')

const statuses = ['${status}'] as const
const tags = ['${many}']

export const list${types} = listRoute('/${many}', ${one}, statuses, {
  operationId: 'list${types}',
  summary: 'List ${many}',
  tags,
})

export const get${type} = getRoute('/${many}/{id}', ${one}, {
  operationId: 'get${type}',
  summary: 'Get the ${one} of an order',
  tags,
  found: 'The ${one}',
  missing: 'The order has no ${one}',
})

export const ${one}Routes = [list${types}, get${type}]
`,

  'src/api.ts': ({
    one,
    many,
    type,
    types,
  }) => `import { authorize, scopedQuery } from '@saucery/chassis/auth/authorize'
import { pageResponse } from '@saucery/chassis/http/pages'
import { orNotFound } from '@saucery/chassis/http/problem'
import { type ServiceApiDeps, serviceApp } from '@saucery/chassis/openapi/service-app'
import type { ${type} } from './domain.ts'
import * as routes from './routes.ts'
import { find${types}, find${type} } from './store.ts'

export function ${one}Api(deps: ServiceApiDeps) {
  const { db } = deps
  const app = serviceApp(deps)

  app.openapi(routes.list${types}, async (c) => {
    const query = scopedQuery(authorize(c, 'read-${many}'), c.req.valid('query'))
    return c.json(await pageResponse(c, query, (query) => find${types}(db, query), idOf), 200)
  })

  app.openapi(routes.get${type}, async (c) => {
    authorize(c, 'read-${many}')
    return c.json(orNotFound(await find${type}(db, c.req.valid('param').id)), 200)
  })

  return app
}

const idOf = ({ orderId }: ${type}) => orderId
`,

  'src/settings.ts': ({ one }) => `import { participantSettings } from '@saucery/chassis/settings/settings'

export const ${one}Settings = participantSettings
`,

  'src/main.ts': ({ one }) => `import { boot } from '@saucery/chassis/lifecycle/boot'
import { ${one}Api } from './api.ts'
import { reactions } from './reactions.ts'
import { ${one}Settings } from './settings.ts'
import { ${one}Aggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)
const service = await boot('${one}', ${one}Settings, migrations, ${one}Aggregate)
service.consume(reactions(service))
await service.run(${one}Api(service))
`,

  'src/testing/@many.ts': ({
    one,
    type,
    types,
    consumes: [first],
    modules: [module],
  }) => `import { received } from '@saucery/chassis/testing/events'
import { testService } from '@saucery/chassis/testing/service'
import { ${first} } from '@saucery/contracts/${module}'
import { v7 as uuidv7 } from 'uuid'
import { ${one}Api } from '../api.ts'
import { reactions } from '../reactions.ts'
import { ${one}Aggregate } from '../store.ts'

const migrations = new URL('../../migrations/', import.meta.url)

export const causeOf${type} = (orderId: string) => ${first}({ ...${first}.example, orderId })

/** The ${one} service on servers of its own. */
export async function test${types}() {
  const service = await testService('${one}', migrations, ${one}Aggregate)
  const handle = reactions(service)
  return {
    ...service,
    app: ${one}Api(service),
    handle,
    /** Begins the ${one} of a new order. */
    async begin(): Promise<string> {
      const orderId = uuidv7()
      await handle(received(causeOf${type}(orderId)))
      return orderId
    },
  }
}
`,

  'src/domain.test.ts': ({
    one,
    event,
    status,
    consumes,
    modules,
  }) => `import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exampleOrderId as orderId } from '@saucery/contracts/fields'
import { ${event} } from '@saucery/contracts/${one}'
${consumes.map((name, i) => `import { ${name} } from '@saucery/contracts/${modules[i]}'`).join('\n')}
import { everyOrder, given, kitTime } from '@saucery/messaging/testing'
import { evolve, react } from './domain.ts'

const decider = { react, evolve }
const consumed = [
${consumes.map((name) => `  ${name}({ ...${name}.example, orderId }),`).join('\n')}
]

describe('the ${one} of an order', () => {
  for (const fact of consumed)
    it(\`begins with \${fact.name}\`, () => {
      given(decider)
        .when(fact)
        .publishes(${event}({ orderId }))
        .becomes({ orderId, status: '${status}', since: kitTime })
    })

  it('begins once, in whatever order and however often events come', () => {
    for (const arrival of everyOrder(consumed)) {
      const first = given(decider).when(...arrival)
      first.publishes(${event}({ orderId }))
      assert.equal(first.state?.status, '${status}')
    }
  })

  it('stays the same object when an event comes again', () => {
    for (const fact of consumed) given(decider, fact, ${event}({ orderId })).when(fact).changesNothing()
  })
})
`,

  'src/reactions.int.test.ts': ({
    one,
    many,
    type,
    types,
    event,
    status,
  }) => `import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received, stamped } from '@saucery/chassis/testing/events'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { v7 as uuidv7 } from 'uuid'
import { reactions } from './reactions.ts'
import { find${type} } from './store.ts'
import { causeOf${type}, test${types} } from './testing/${many}.ts'

const service = await test${types}()
after(() => service[Symbol.asyncDispose]())
const { db, handle, nats, participant, publishedOf, replica } = service
participant.consume(subscriptionsOf('${one}'), handle)

describe('the ${one} of an order', () => {
  it('begins once when its cause comes twenty times at once, at two replicas', async () => {
    const other = reactions(await replica())
    const event = received(causeOf${type}(uuidv7()))
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? handle(event) : other(event))))
    assert.deepEqual(await publishedOf(event.data.orderId), ['${event}'])
    assert.equal((await find${type}(db, event.data.orderId))?.status, '${status}')
  })

  it('begins once when its cause comes over the stream again and again', async () => {
    const orderId = uuidv7()
    await nats.publish(stamped(causeOf${type}(orderId)), 10)
    await nats.consumedBy('${one}')
    assert.deepEqual(await publishedOf(orderId), ['${event}'])
  })

  it('begins once, by the inbox alone and by the state alone', async () => {
    const event = received(causeOf${type}(uuidv7()))
    await handle(event)
    await db.execute(\`delete from ${many} where order_id = '\${event.data.orderId}'\`)
    await handle(event)
    assert.deepEqual(await publishedOf(event.data.orderId), ['${event}'])

    const another = received(causeOf${type}(uuidv7()))
    await handle(another)
    await db.execute('delete from inbox')
    await handle(another)
    assert.deepEqual(await publishedOf(another.data.orderId), ['${event}'])
  })
})
`,

  'src/lists.int.test.ts': ({ many, type, types, status }) => `import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { allPages, getJson, type ListPage, readProblem } from '@saucery/chassis/testing/http'
import { v7 as uuidv7 } from 'uuid'
import type { ${type} } from './domain.ts'
import { test${types} } from './testing/${many}.ts'

const service = await test${types}()
after(() => service[Symbol.asyncDispose]())
const { app, begin } = service

const found = async (query: string) =>
  (await getJson<ListPage<${type}>>(app, \`/${many}?\${query}\`)).items.map(({ orderId }) => orderId)

describe('GET /${many}', () => {
  it('pages through all of them once, newest or oldest order first', async () => {
    const orderIds: string[] = []
    for (let i = 0; i < 7; i++) orderIds.push(await begin())
    const sorted = async (sort: string) =>
      (await allPages<${type}>(app, \`/${many}?sort=\${sort}\`, 3)).map(({ orderId }) => orderId)
    assert.deepEqual(await sorted('oldest'), orderIds)
    assert.deepEqual(await sorted('newest'), orderIds.reverse())
  })

  it('filters by status and order, and has nothing of a branch', async () => {
    const orderId = await begin()
    assert.deepEqual(await found(\`orderId=\${orderId}&status=${status}\`), [orderId])
    assert.deepEqual(await found(\`orderId=\${orderId}&branchId=1\`), [])
  })

  it('shows one by its order, and refuses what there is not', async () => {
    const orderId = await begin()
    assert.equal((await getJson<${type}>(app, \`/${many}/\${orderId}\`)).status, '${status}')
    assert.equal((await readProblem(app.request(\`/${many}/\${uuidv7()}\`))).status, 404)
    const problem = await readProblem(app.request('/${many}?status=UNKNOWN'))
    assert.deepEqual(problem, { status: 422, code: 'invalid-input', places: ['status'] })
  })
})
`,

  'src/authorization.int.test.ts': ({ one, many, types }) => `import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import { branch, courier, operator, testCallerTokens } from '@saucery/chassis/testing/caller-tokens'
import { readProblem } from '@saucery/chassis/testing/http'
import { ${one}Api } from './api.ts'
import { test${types} } from './testing/${many}.ts'

const service = await test${types}()
after(() => service[Symbol.asyncDispose]())
const gate = testCallerTokens('${one}')
const app = ${one}Api({ ...service, requireCaller: gate.requireCaller })

it('an operator sees all ${many}, a branch and a courier none', async () => {
  const orderId = await service.begin()
  for (const path of ['/${many}', \`/${many}/\${orderId}\`]) {
    assert.equal((await app.request(path, { headers: await gate.as(operator) })).status, 200)
    for (const caller of [branch('1'), courier]) {
      const refused = await readProblem(app.request(path, { headers: await gate.as(caller) }))
      assert.equal(refused.code, 'not-permitted')
    }
  }
})

it('without the gateway’s token, none is visible', async () => {
  const headers = await gate.as(operator, 'order')
  for (const init of [{}, { headers }]) assert.equal((await app.request('/${many}', init)).status, 401)
})
`,

  'src/plans.int.test.ts': ({ many, type, types, status }) => `import { after, describe, it } from 'node:test'
import { assertPagesCostTheSame, orderIds } from '@saucery/chassis/testing/plans'
import { sql } from 'drizzle-orm'
import { select${types}, type ${type}Query } from './store.ts'
import { test${types} } from './testing/${many}.ts'

const service = await test${types}()
after(() => service[Symbol.asyncDispose]())
const { db } = service

const fill = (from: number, to: number) =>
  db.execute(sql\`
    insert into ${many} (order_id, status, since)
    select id, case when is_rare then 'RARE' else '${status}' end, now() from \${orderIds(from, to)}\`)

describe('a page of ${many}', () => {
  it('costs of many what it costs of 10,000, however it is filtered', (t) =>
    assertPagesCostTheSame(t, {
      db,
      table: '${many}',
      fill,
      statement: (query) => select${types}(db, query as ${type}Query),
      statuses: ['${status}', 'RARE'],
    }))
})
`,
}

/** The tables that each service has, without that of commands. */
function tablesOfAll(schema: string): string {
  const tables = /export \{ drills \}[\s\S]*?\/postgres\/schema'\n/.exec(schema)?.[0]
  if (tables === undefined) throw new PlaceNotFound('the tables of all services')
  return tables.replace('  requests,\n', '')
}

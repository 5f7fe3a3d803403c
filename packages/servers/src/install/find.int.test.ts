import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findMongodb } from '../mongodb/find-mongodb.ts'
import { findNats } from '../nats/find-nats.ts'
import { findPostgres } from '../postgres/find-postgres.ts'
import { removeTempFolder, tempFolder } from '../process/temp.ts'

const nothingOnThePath = { PATH: '/nowhere' }

describe('what is found', () => {
  it('is the URL in the environment, before anything else', async () => {
    const env = {
      ...process.env,
      POSTGRES_URL: 'postgres://db',
      NATS_URL: 'nats://n',
      MONGODB_URL: 'mongodb://m',
    }
    const found = [await findPostgres({ env }), await findNats({ env }), await findMongodb({ env })]
    assert.deepEqual(
      found.map(({ kind, what }) => [kind, what]),
      [
        ['environment', 'PostgreSQL at db'],
        ['environment', 'NATS at n'],
        ['environment', 'MongoDB at m'],
      ],
    )
  })

  it('is the Postgres that npm installed when none is on the PATH', async () => {
    const found = await findPostgres({ env: nothingOnThePath })
    assert.equal(found.kind, 'embedded')
    assert.match(found.what, /^PostgreSQL 18\./)
  })

  it('is exactly the NATS version that is asked for', async () => {
    const env = { ...process.env, NATS_URL: '', NATS_SERVER_VERSION: '2.10.26' }
    assert.equal((await findNats({ env })).what, 'NATS 2.10.26')
  })

  it('is advice when nothing can be installed', async () => {
    const tools = await tempFolder()
    const env = nothingOnThePath
    await assert.rejects(findNats({ tools, env }), /Install nats-server 2\.10 or later, or set NATS_URL/)
    await removeTempFolder(tools)
  })
})

import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { connect } from 'nats'
import { freePort } from '../process/ports.ts'
import { removeTempFolder, tempFolder } from '../process/temp.ts'
import { testNats } from '../testing/servers.ts'
import { startNats } from './start-nats.ts'

describe('startNats', () => {
  it('keeps a stream over kill -9', async () => {
    await using server = await testNats()
    const nats = await connect({ servers: server.url })
    await (await nats.jetstreamManager()).streams.add({ name: 'S', subjects: ['s.>'] })
    await nats.jetstream().publish('s.1', 'hello', { msgID: 'one' })
    await nats.close()
    await server.kill()
    await server.restart()
    const again = await connect({ servers: server.url })
    const streams = (await again.jetstreamManager()).streams
    assert.equal((await streams.getMessage('S', { seq: 1 })).string(), 'hello')
    await again.close()
  })

  it('lets a user publish only what it may', async () => {
    const permissions = { publish: [], subscribe: ['a.>'] }
    const users = [
      { user: 'all', password: 'secret' },
      { user: 'mute', password: 'secret', permissions },
    ]
    await using server = await testNats({ users })
    await assert.rejects(connect({ servers: server.url }), /Authorization/)
    const nats = await connect({ servers: server.url, user: 'mute', pass: 'secret' })
    nats.publish('a.b')
    for await (const status of nats.status()) {
      assert.equal(status.permissionContext?.operation, 'publish')
      break
    }
    await nats.close()
  })

  it('names the port that is taken', async () => {
    const folder = await tempFolder()
    const port = await freePort()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    await assert.rejects(
      startNats({ dataDir: join(folder, 'nats'), port }),
      new RegExp(`port ${port} is taken`),
    )
    other.close()
    await removeTempFolder(folder)
  })

  it('shows the end of the log when the server does not come up', async () => {
    const folder = await tempFolder()
    const users = [
      { user: 'twice', password: 'secret' },
      { user: 'twice', password: 'secret' },
    ]
    await assert.rejects(
      startNats({ dataDir: join(folder, 'nats'), users }),
      /server\.log ends with:\n.*twice/s,
    )
    await removeTempFolder(folder)
  })
})

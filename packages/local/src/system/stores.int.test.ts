import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { findServerOf } from '@saucery/servers/process/pid-file'
import { freePort } from '@saucery/servers/process/ports'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { waitUntil } from '@saucery/servers/process/wait-until'
import postgres from 'postgres'
import { anyPorts } from './service-ports.ts'
import { startStores } from './stores.ts'

describe('startStores', { timeout: 60_000 }, () => {
  it('starts no server when the file of passwords cannot be read', async () => {
    const dataDir = await tempFolder()
    await writeFile(join(dataDir, 'secrets.json'), '{ "nats-ord')
    const printed: string[] = []
    const print = (line: string) => void printed.push(line)
    const env = { POSTGRES_URL: 'postgres://127.0.0.1:1', MONGODB_URL: 'mongodb://127.0.0.1:1' }
    await assert.rejects(
      startStores({ dataDir, ports: anyPorts, env, print }),
      /secrets\.json cannot be read/,
    )
    // Of each server that is started, or used, it is printed at once where it was found.
    assert.deepEqual(printed, [])
    await removeTempFolder(dataDir)
  })

  it('stops a server only when the databases and the streams are no longer being made', async () => {
    const dataDir = await tempFolder()
    const connections: Socket[] = []
    // Where NATS should be, something accepts connections and says nothing: the streams are being made.
    const silent = createServer((socket) => connections.push(socket)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const ports = { ...anyPorts, postgres: await freePort() }
    const urls = { NATS_URL: `nats://127.0.0.1:${port}`, MONGODB_URL: 'not a URL', POSTGRES_URL: '' }
    const env = { ...process.env, ...urls }
    let isOver = false
    const starting = startStores({ dataDir, ports, env, print: () => {} }).finally(() => {
      isOver = true
    })
    const rejected = assert.rejects(starting, { name: 'MongoParseError' })
    try {
      const areMade = async () =>
        isOver || (await databasesOf(dataDir, ports.postgres)).includes('deliveries')
      await waitUntil(areMade, { everyMs: 100, withinMs: 30_000 })
      assert.equal(isOver, false)
      assert.equal(connections.length, 1)
      assert.notEqual(await findServerOf(join(dataDir, 'postgres')), undefined)
    } finally {
      silent.close()
      for (const connection of connections) connection.destroy()
      await rejected
    }
    assert.equal(await findServerOf(join(dataDir, 'postgres')), undefined)
    await removeTempFolder(dataDir)
  })
})

/** None while the server does not answer. */
async function databasesOf(dataDir: string, port: number): Promise<string[]> {
  const password = await readFile(join(dataDir, 'postgres', 'password'), 'utf8').catch(() => '')
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} })
  try {
    return (await sql<{ datname: string }[]>`select datname from pg_database`).map(({ datname }) => datname)
  } catch {
    return []
  } finally {
    await sql.end({ timeout: 1 })
  }
}

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { it } from 'node:test'
import { freePort } from './ports.ts'

it('gives no port that a system may give to an outgoing connection', async () => {
  assert.ok((await freePort()) < 32_768)
})

it('gives every caller another port', async () => {
  const ports = await Promise.all(Array.from({ length: 100 }, freePort))
  assert.equal(new Set(ports).size, 100)
})

it('passes over a port that is taken', async () => {
  const port = (await freePort()) + 1
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  assert.notEqual(await freePort(), port)
  other.close()
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
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

it('gives no port that another process has chosen and not used yet', async () => {
  const next = (await freePort()) + 1
  // A process that chooses from the same place of the range on.
  const chooses = `Object.defineProperty(process, 'pid', { value: ${(next - 10_000) / 16} })
    const { freePort } = await import(${JSON.stringify(new URL('ports.ts', import.meta.url))})
    console.log(await freePort())
    await new Promise((resolve) => process.stdin.once('end', resolve).resume())`
  const other = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', chooses])
  const [chosen] = await once(other.stdout, 'data')
  assert.equal(Number(chosen), next)
  assert.notEqual(await freePort(), next)
  other.stdin.end()
  await once(other, 'exit')
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { it } from 'node:test'
import { removeTempFolder, tempFolder } from '../process/temp.ts'
import { downloadMongod } from './download.ts'

it('gives up on a host that does not answer, and does not try it again on the same day', async () => {
  const tools = await tempFolder()
  const sockets: Socket[] = []
  const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  assert.ok(address && typeof address === 'object')
  process.env.MONGOMS_DOWNLOAD_MIRROR = `https://127.0.0.1:${address.port}`
  const lines: string[] = []
  const print = (line: string) => lines.push(line)
  try {
    const first = await downloadMongod(tools, print, { silentMs: 1_500, totalMs: 20_000 })
    assert.ok('failed' in first)
    assert.match(first.failed, /no answer for 1\.5 s/)
    assert.deepEqual(await downloadMongod(tools, print), first)
    assert.equal(lines.length, 1)
  } finally {
    delete process.env.MONGOMS_DOWNLOAD_MIRROR
    for (const socket of sockets) socket.destroy()
    silent.close()
    await removeTempFolder(tools)
  }
})

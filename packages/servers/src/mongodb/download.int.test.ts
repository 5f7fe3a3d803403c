import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { it } from 'node:test'
import { removeTempFolder, tempFolder } from '../process/temp.ts'
import { downloadMongod } from './download.ts'

it('gives up on a host that says nothing, and does not ask it again the same day', async () => {
  const tools = await tempFolder()
  const asking: Socket[] = []
  const silent = createServer((socket) => asking.push(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  assert.ok(address && typeof address === 'object')
  process.env.MONGOMS_DOWNLOAD_MIRROR = `https://127.0.0.1:${address.port}`
  const said: string[] = []
  const print = (text: string) => said.push(text)
  try {
    const first = await downloadMongod(tools, print, { silentMs: 1_500, totalMs: 20_000 })
    assert.ok('failed' in first)
    assert.match(first.failed, /no answer for 1\.5 s/)
    assert.deepEqual(await downloadMongod(tools, print), first)
    assert.equal(said.length, 1)
  } finally {
    delete process.env.MONGOMS_DOWNLOAD_MIRROR
    for (const socket of asking) socket.destroy()
    silent.close()
    await removeTempFolder(tools)
  }
})

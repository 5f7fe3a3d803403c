import assert from 'node:assert/strict'
import { it } from 'node:test'
import { exitOf } from '../testing/exit-of.ts'

it('serves the probes and the metrics on the management port alone', async () => {
  const stopped = await exitOf(
    `const statuses = async ({ port, managementPort }) => {
      for (const each of [port, managementPort])
        for (const path of ['/livez', '/readyz', '/metrics', '/orders'])
          await print((await fetch('http://127.0.0.1:' + each + path)).status)
      await print('ready')
    }
    const spy = { ...log, info: (fields, text) => text === 'listening' && statuses(fields) }
    const settings = readSettings(commonSettings, { HOST: '127.0.0.1', PORT: '0', MANAGEMENT_PORT: '0' })
    await serveUntilStopped(new Hono().get('/orders', (c) => c.text('')), { log: spy, settings })`,
  )
  assert.deepEqual(stopped, { output: '404 404 404 200 200 200 200 404 ready', exit: 0 })
})

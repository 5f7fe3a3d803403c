import assert from 'node:assert/strict'
import { it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { exitOf } from '../testing/exit-of.ts'

it('a process whose connection to NATS is closed for good runs its steps and exits with 1', async () => {
  await using nats = await testNats()
  const stopped = await exitOf(
    `const { connectToBroker } = await import('./src/lifecycle/startup.ts')
    const broker = await connectToBroker('order', { NATS_URL: '${nats.url}', EVENT_PUBLIC_KEYS: {} }, log)
    const settings = readSettings(commonSettings, { HOST: '127.0.0.1', PORT: '0' })
    const spy = { ...log, info: (_, text) => text === 'listening' && broker.connection.close() }
    await serveUntilStopped(new Hono(), { log: spy, settings, stop: [() => print('step'), broker.close] })`,
  )
  assert.deepEqual(stopped, { output: 'step', exit: 1 })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exitOf } from '../testing/exit-of.ts'
import { silentLog } from '../testing/log.ts'
import { waitUntilUp } from './startup.ts'

describe('a process that gets a stop signal', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`runs its steps in order and exits with 0 on ${signal}`, async () => {
      const stopped = await exitOf(
        `const asked = stopSignal()
        await print('ready')
        setInterval(() => {}, 1000)
        await print(await asked)
        await stopWithin(5000, log, [() => print('one'), () => print('two')])`,
        signal,
      )
      assert.deepEqual(stopped, { output: `ready ${signal} one two`, exit: 0 })
    })

  it('exits with 1 when a step fails, and runs none after it', async () => {
    const stopped = await exitOf(
      `await stopWithin(5000, log, [() => print('one'), () => Promise.reject(new Error('no')), () => print('three')])`,
    )
    assert.deepEqual(stopped, { output: 'one', exit: 1 })
  })

  it('exits with 1 when a step exceeds the grace time', async () => {
    assert.deepEqual(await exitOf(`await stopWithin(50, log, [() => print('one'), never])`), {
      output: 'one',
      exit: 1,
    })
  })

  it('ends at once on a second signal', async () => {
    const stopped = await exitOf(
      `const asked = stopSignal()
      setInterval(() => {}, 1000)
      await print('ready')
      await asked
      process.kill(process.pid, 'SIGTERM')
      await stopWithin(5000, log, [never])`,
    )
    assert.deepEqual(stopped, { output: 'ready', exit: 'SIGTERM' })
  })

  it('answers the request in flight before it runs its steps', async () => {
    const stopped = await exitOf(
      `const app = new Hono().get('/', async (c) => {
        const asked = stopSignal()
        await print('ready')
        await asked
        await print('answered')
        return c.text('')
      })
      const spy = { info: ({ port }, text) => text === 'listening' && fetch('http://127.0.0.1:' + port) }
      const settings = readSettings(commonSettings, { HOST: '127.0.0.1', PORT: '0', MANAGEMENT_PORT: '0', SHUTDOWN_GRACE_MS: '5000' })
      await serveUntilStopped(app, { log: spy, settings, stop: [() => print('step')] })`,
    )
    assert.deepEqual(stopped, { output: 'ready answered step', exit: 0 })
  })

  it('runs its steps although a client never sends the rest of its request', async () => {
    const stopped = await exitOf(
      `const { connect } = await import('node:net')
      const app = new Hono().post('/', async (c) => {
        await print('ready')
        return c.text(await c.req.text())
      })
      const begin = ({ port }, text) =>
        text === 'listening' && connect(port, '127.0.0.1').write('POST / HTTP/1.1\\r\\nhost: x\\r\\ncontent-length: 5\\r\\n\\r\\n')
      const spy = { info: begin, warn() {} }
      const settings = readSettings(commonSettings, { HOST: '127.0.0.1', PORT: '0', MANAGEMENT_PORT: '0', SHUTDOWN_GRACE_MS: '2000' })
      await serveUntilStopped(app, { log: spy, settings, stop: [() => print('step')] })`,
    )
    assert.deepEqual(stopped, { output: 'ready step', exit: 0 })
  })

  for (const [position, printed] of [
    ['on', '200 503'],
    ['off', '200'],
  ] as const)
    it(`is no longer alive after SIGHUP with the fault switch ${position}`, async () => {
      const stopped = await exitOf(
        `const live = async (url) => print((await fetch(url + '/livez')).status)
        const throwSwitch = async (url) => {
          await live(url)
          process.kill(process.pid, 'SIGHUP')
        }
        let url
        const spy = {
          info: ({ managementPort }, text) => text === 'listening' && throwSwitch((url = 'http://127.0.0.1:' + managementPort)),
          warn: () => live(url).then(() => process.kill(process.pid, 'SIGTERM')),
        }
        const settings = readSettings(commonSettings, { HOST: '127.0.0.1', PORT: '0', MANAGEMENT_PORT: '0', FAULT_SWITCH: '${position}' })
        await serveUntilStopped(new Hono(), { log: spy, settings })`,
      )
      assert.deepEqual(stopped, { output: printed, exit: position === 'on' ? 0 : 'SIGHUP' })
    })
})

describe('a process that waits for NATS at its start', () => {
  it('exits at once on a stop signal', async () => {
    const stopped = await exitOf(
      `const { connectToBroker } = await import('./src/lifecycle/startup.ts')
      setTimeout(() => print('ready'), 100)
      await connectToBroker('order', { NATS_URL: 'nats://127.0.0.1:1' }, {})`,
    )
    assert.deepEqual(stopped, { output: 'ready', exit: 0 })
  })
})

describe('waitUntilUp', () => {
  it('lets the process exit at once on a stop signal', async () => {
    const stopped = await exitOf(
      `const { waitUntilUp } = await import('./src/lifecycle/startup.ts')
      const away = () => Promise.reject(new Error('away'))
      await waitUntilUp('it', away, () => true, { warn: () => print('ready') })`,
    )
    assert.equal(stopped.exit, 0)
  })

  it('tries again after a transient failure', async () => {
    let tries = 0
    const run = async () => {
      tries += 1
      if (tries < 3) throw new Error('not yet')
      return 'there'
    }
    assert.equal(await waitUntilUp('it', run, () => true, silentLog), 'there')
    assert.equal(tries, 3)
  })

  it('gives up at once after any other failure', async () => {
    let tries = 0
    const run = () => {
      tries += 1
      return Promise.reject(new Error('wrong password'))
    }
    await assert.rejects(
      waitUntilUp('it', run, () => false, silentLog),
      /wrong password/,
    )
    assert.equal(tries, 1)
  })
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { silentLog } from '../testing/log.ts'
import { waitUntilUp } from './startup.ts'

/** A process of its own with what stops it at hand; a signal is sent when it says so. */
async function exitOf(script: string, signal: NodeJS.Signals = 'SIGTERM') {
  const code = `
    import { Hono } from 'hono'
    import { serveUntilStopped } from './src/lifecycle/serve.ts'
    import { commonSettings, readSettings } from './src/settings/settings.ts'
    import { stopSignal, stopWithin } from './src/lifecycle/shutdown.ts'
    import { silentLog as log } from './src/testing/log.ts'
    const say = async (text) => process.stdout.write(text + ' ')
    const never = () => new Promise((resolve) => setTimeout(resolve, 60_000))
    ${script}`
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], { cwd })
  let said = ''
  child.stdout.on('data', (text) => {
    if (!said.includes('ready') && (said + text).includes('ready')) child.kill(signal)
    said += text
  })
  child.stderr.on('data', (text) => {
    said += text
  })
  const [exit, killedBy] = await once(child, 'close')
  return { said: said.trim(), exit: killedBy ?? exit }
}

describe('a process that is asked to stop', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`takes its steps in order and exits with 0 on ${signal}`, async () => {
      const stopped = await exitOf(
        `const asked = stopSignal()
        await say('ready')
        setInterval(() => {}, 1000)
        await say(await asked)
        await stopWithin(5000, log, [() => say('one'), () => say('two')])`,
        signal,
      )
      assert.deepEqual(stopped, { said: `ready ${signal} one two`, exit: 0 })
    })

  it('exits with 1 when a step fails, and takes none after it', async () => {
    const stopped = await exitOf(
      `await stopWithin(5000, log, [() => say('one'), () => Promise.reject(new Error('no')), () => say('three')])`,
    )
    assert.deepEqual(stopped, { said: 'one', exit: 1 })
  })

  it('exits with 1 when a step takes longer than there is time', async () => {
    assert.deepEqual(await exitOf(`await stopWithin(50, log, [() => say('one'), never])`), {
      said: 'one',
      exit: 1,
    })
  })

  it('ends at once when it is asked again', async () => {
    const stopped = await exitOf(
      `const asked = stopSignal()
      setInterval(() => {}, 1000)
      await say('ready')
      await asked
      process.kill(process.pid, 'SIGTERM')
      await stopWithin(5000, log, [never])`,
    )
    assert.deepEqual(stopped, { said: 'ready', exit: 'SIGTERM' })
  })

  it('answers the request in hand before it takes its steps', async () => {
    const stopped = await exitOf(
      `const app = new Hono().get('/', async (c) => {
        const asked = stopSignal()
        await say('ready')
        await asked
        await say('answered')
        return c.text('')
      })
      const spy = { info: ({ port }, text) => text === 'listening' && fetch('http://127.0.0.1:' + port) }
      const settings = readSettings(commonSettings, { HOST: '127.0.0.1', PORT: '0', SHUTDOWN_GRACE_MS: '5000' })
      await serveUntilStopped(app, { log: spy, settings, stop: [() => say('step')] })`,
    )
    assert.deepEqual(stopped, { said: 'ready answered step', exit: 0 })
  })

  it('takes its steps though a client never sends the rest of its request', async () => {
    const stopped = await exitOf(
      `const { connect } = await import('node:net')
      const app = new Hono().post('/', async (c) => {
        await say('ready')
        return c.text(await c.req.text())
      })
      const begin = ({ port }, text) =>
        text === 'listening' && connect(port, '127.0.0.1').write('POST / HTTP/1.1\\r\\nhost: x\\r\\ncontent-length: 5\\r\\n\\r\\n')
      const spy = { info: begin, warn() {} }
      const settings = readSettings(commonSettings, { HOST: '127.0.0.1', PORT: '0', SHUTDOWN_GRACE_MS: '2000' })
      await serveUntilStopped(app, { log: spy, settings, stop: [() => say('step')] })`,
    )
    assert.deepEqual(stopped, { said: 'ready step', exit: 0 })
  })

  for (const [position, says] of [
    ['on', '200 503'],
    ['off', '200'],
  ] as const)
    it(`is no longer alive after SIGHUP with the fault switch ${position}`, async () => {
      const stopped = await exitOf(
        `const live = async (url) => say((await fetch(url + '/livez')).status)
        const throwSwitch = async (url) => {
          await live(url)
          process.kill(process.pid, 'SIGHUP')
        }
        let url
        const spy = {
          info: ({ port }, text) => text === 'listening' && throwSwitch((url = 'http://127.0.0.1:' + port)),
          warn: () => live(url).then(() => process.kill(process.pid, 'SIGTERM')),
        }
        const settings = readSettings(commonSettings, { HOST: '127.0.0.1', PORT: '0', FAULT_SWITCH: '${position}' })
        await serveUntilStopped(new Hono(), { log: spy, settings })`,
      )
      assert.deepEqual(stopped, { said: says, exit: position === 'on' ? 0 : 'SIGHUP' })
    })
})

describe('what is waited for at the start', () => {
  it('is left at once when it is a broker that is not there', async () => {
    const stopped = await exitOf(
      `const { connectToBroker } = await import('./src/lifecycle/startup.ts')
      setTimeout(() => say('ready'), 100)
      await connectToBroker('order', { NATS_URL: 'nats://127.0.0.1:1' }, {})`,
    )
    assert.deepEqual(stopped, { said: 'ready', exit: 0 })
  })
})

describe('what is tried until it works', () => {
  it('is left at once when the process is asked to stop, with nothing in hand', async () => {
    const stopped = await exitOf(
      `const { waitUntilUp } = await import('./src/lifecycle/startup.ts')
      const away = () => Promise.reject(new Error('away'))
      await waitUntilUp('it', away, () => true, { warn: () => say('ready') })`,
    )
    assert.equal(stopped.exit, 0)
  })

  it('is tried again after a failure that passes', async () => {
    let tries = 0
    const run = async () => {
      tries += 1
      if (tries < 3) throw new Error('not yet')
      return 'there'
    }
    assert.equal(await waitUntilUp('it', run, () => true, silentLog), 'there')
    assert.equal(tries, 3)
  })

  it('is given up at once after a failure that does not pass', async () => {
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

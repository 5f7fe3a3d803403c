import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { root } from '@saucery/servers/install/folders'
import { findNatsCli } from '@saucery/servers/nats/find-nats-cli'
import { violations } from '../model/violations.ts'
import { forgetWhatWasHandled } from '../support/again.ts'
import { door } from '../support/door.ts'
import { type Observer, observe } from '../support/observer.ts'
import { randomFrom } from '../support/random.ts'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'
import { traffic } from '../support/traffic.ts'
import { type Bash, openBash } from './bash.ts'
import { missingFrom, stepsOf } from './printed.ts'
import { readers } from './readers.ts'

const orders = 120
const seed = Number(process.env.REPLAY_SEED || Math.floor(Math.random() * 2 ** 31))

describe('the page on replaying', { timeout: 400_000 }, () => {
  let system: RunningSystem
  let observer: Observer
  let bash: Bash
  let accepted: readonly string[]
  let cli: string | undefined
  const opened: AsyncDisposable[] = []

  before(async () => {
    cli = await findNatsCli()
    assert.ok(cli || !process.env.CI, 'neither nats nor Go is on the PATH')
    if (!cli) return
    system = await runningSystem()
    opened.unshift(system)
    observer = await observe(system)
    opened.unshift(observer)
    const env = {
      ...process.env,
      npm_config_yes: 'true',
      SAUCERY_DATA: system.dataDir,
      GATEWAY: system.urls.gateway,
    }
    bash = openBash({ cwd: root, env, withinMs: 60_000 })
    opened.unshift(bash)
    const gateway = door(system.urls.gateway)
    ;({ accepted } = await traffic(gateway, { orders, withinMs: 2000, random: randomFrom(seed) }))
    await atRest()
  })
  after(async () => {
    for (const one of opened) await one[Symbol.asyncDispose]()
  })

  /** Everything that was said is heard; how far the streams are. */
  const atRest = () =>
    eventually(async () => {
      const rest = await observer.rest()
      assert.notEqual(rest, undefined)
      return rest
    })

  const followed = new Set<string>()

  /** Runs what is printed under a heading, and sees that it answers as is printed. */
  async function follow(heading: string, t: TestContext): Promise<void> {
    const began = performance.now()
    const steps = (await page).filter((step) => step.heading === heading)
    assert.notEqual(steps.length, 0, heading)
    followed.add(heading)
    for (const { script, answer } of steps) {
      const output = await bash.run(script)
      const missing = missingFrom(output, answer ?? '…')
      assert.equal(missing, undefined, `${script}\nanswered\n${output}\nwithout\n${missing}`)
    }
    t.diagnostic(`${Math.round(performance.now() - began)} ms`)
  }

  it('gets a reader into the streams, to one order’s history, and to any time or message', async (t) => {
    if (!cli) return t.diagnostic('LEFT OUT: neither nats nor Go is on the PATH')
    t.diagnostic(`REPLAY_SEED=${seed}, ${accepted.length} orders`)
    await follow('A shell that knows the system', t)
    await follow('One order’s history', t)
    await follow('A stream from a time, or from a message', t)
  })

  it('builds the dashboard again while it answers, from whole documents', async (t) => {
    if (!cli) return
    await atRest()
    const before = await everything()
    const heard = await observer.heard('dashboard')
    await using reading = readers(system.urls.gateway, accepted)
    await follow('The dashboard, built again', t)
    await atRest()
    const { answers, wrong } = await reading.stop()
    t.diagnostic(`${answers} answers meanwhile`)
    assert.deepEqual(wrong, [])
    assert.ok(answers > accepted.length, 'too few answers to prove anything')
    hasHeardAllAgain(await observer.heard('dashboard'), heard)
    assert.deepEqual(await everything(), before)
  })

  it('feeds one event again, and nothing comes of it', async (t) => {
    if (!cli) return
    await unchanged(async () => follow('One event again', t), { said: 1 })
    await forgetWhatWasHandled(system)
    await unchanged(async () => follow('One event again', t), { said: 1 })
  })

  it('plays whole streams into every service again, and nothing is charged, shipped or said', async (t) => {
    if (!cli) return
    await unchanged(() => follow('Everything again, for every service', t), { said: 0 })
    await forgetWhatWasHandled(system)
    const services = ['order', 'payment', 'delivery'] as const
    const heard = await Promise.all(services.map(observer.heard))
    await unchanged(() => follow('Everything again, for every service', t), { said: 0 })
    for (const [i, service] of services.entries())
      hasHeardAllAgain(await observer.heard(service), heard[i] ?? {})
  })

  it('reads dead letters, and sends them back', async (t) => {
    if (!cli) return
    await follow('Dead letters', t)
    await atRest()
    assert.deepEqual(violations({ ...(await observer.rows(accepted)), deadLetters: 0 }), [])
    assert.deepEqual(followed, new Set((await page).map((step) => step.heading)), 'all of the page')
  })

  /** Nothing but `said` messages more in the streams, and the same rows, books and answers. */
  async function unchanged(run: () => Promise<void>, { said }: { said: number }): Promise<void> {
    const far = sum(await atRest())
    const rows = await observer.rows(accepted)
    assert.deepEqual(violations(rows), [])
    const answers = await everything()
    await run()
    assert.equal(sum(await atRest()), far + said)
    assert.deepEqual(await observer.rows(accepted), rows)
    assert.deepEqual(await everything(), answers)
  }

  /** All that the four services answer. */
  const everything = () =>
    Promise.all(
      ['orders', 'payments', 'deliveries', 'orderDashboards'].map(async (list) => {
        const found: unknown[] = []
        for (let path: string | undefined = `/${list}?limit=100`; path; ) {
          const answer: Page = (await door(system.urls.gateway).get(path)) as Page
          found.push(...answer.items)
          path = answer.next && `/${list}?limit=100&cursor=${answer.next}`
        }
        return found
      }),
    )
})

const page = readFile(join(root, 'docs/replay.md'), 'utf8').then(stepsOf)

interface Page {
  readonly items: readonly unknown[]
  readonly next?: string
}

type Heard = Awaited<ReturnType<Observer['heard']>>

function hasHeardAllAgain(now: Heard, before: Heard): void {
  for (const [stream, { created, delivered, messages }] of Object.entries(now)) {
    assert.notEqual(created, before[stream]?.created, stream)
    assert.ok(delivered >= messages && messages > 0, `${stream}: ${delivered} of ${messages}`)
  }
}

const sum = (rest: string | undefined) => (rest ?? '').split(' ').reduce((total, n) => total + Number(n), 0)

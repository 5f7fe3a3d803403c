import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { randomFrom } from '@saucery/messaging/testing/kit/random'
import { root } from '@saucery/servers/install/folders'
import { findNatsCli } from '@saucery/servers/nats/find-nats-cli'
import { violations } from '../model/violations.ts'
import { hastyClient, placeOrdersEvenly } from '../support/orders.ts'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'
import { type ConsumerStates, type Observer, observe } from '../testing/observer.ts'
import { emptyInboxes } from '../testing/replay.ts'
import { commandsOf, missingFrom } from './printed.ts'
import { type Bash, openBash } from './testing/bash.ts'
import { openReaders } from './testing/readers.ts'

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
    const { gateway } = system.urls
    ;({ accepted } = await placeOrdersEvenly(gateway, { orders, withinMs: 2000, random: randomFrom(seed) }))
    await eventually(observer.atRest)
  })
  after(async () => {
    for (const one of opened) await one[Symbol.asyncDispose]()
  })

  const followed = new Set<string>()

  /** Runs the commands under a heading of the page, and compares their output with the printed answers. */
  async function follow(heading: string, t: TestContext): Promise<void> {
    const began = performance.now()
    const commands = (await page).filter((command) => command.heading === heading)
    assert.notEqual(commands.length, 0, heading)
    followed.add(heading)
    for (const { script, answer } of commands) {
      const output = await bash.run(script)
      const missing = missingFrom(output, answer ?? '…')
      assert.equal(missing, undefined, `${script}\nanswered\n${output}\nwithout\n${missing}`)
    }
    t.diagnostic(`${Math.round(performance.now() - began)} ms`)
  }

  it('leads a reader into the streams, to one order’s history, and to any time or message', async (t) => {
    if (!cli) return t.diagnostic('LEFT OUT: neither nats nor Go is on the PATH')
    t.diagnostic(`REPLAY_SEED=${seed}, ${accepted.length} orders`)
    await follow('A shell that knows the system', t)
    await follow('One order’s history', t)
    await follow('A stream from a time, or from a message', t)
  })

  it('rebuilds the dashboard while it answers, and no document loses an event', async (t) => {
    if (!cli) return
    await eventually(observer.atRest)
    const before = await everything()
    const consumers = await observer.consumers('dashboard')
    await using readers = openReaders(system.urls.gateway, accepted)
    await follow('Rebuild the dashboard', t)
    await eventually(observer.atRest)
    const { answers, wrong } = await readers.stop()
    t.diagnostic(`${answers} answers meanwhile`)
    assert.deepEqual(wrong, [])
    // Some seconds of reading; on a busy machine each answer takes longer.
    assert.ok(answers >= 30, 'too few answers to prove anything')
    consumedAllAgain(await observer.consumers('dashboard'), consumers)
    assert.deepEqual(await everything(), before)
  })

  it('publishes one event again, and nothing changes', async (t) => {
    if (!cli) return
    await unchanged(() => follow('Publish one event again', t), { published: 1 })
    await emptyInboxes(system)
    await unchanged(() => follow('Publish one event again', t), { published: 1 })
  })

  it('replays whole streams into every service, and nothing is charged, shipped or published', async (t) => {
    if (!cli) return
    await unchanged(() => follow('Replay everything into every service', t), { published: 0 })
    await emptyInboxes(system)
    const services = ['order', 'payment', 'delivery'] as const
    const consumers = await Promise.all(services.map(observer.consumers))
    await unchanged(() => follow('Replay everything into every service', t), { published: 0 })
    for (const [i, service] of services.entries())
      consumedAllAgain(await observer.consumers(service), consumers[i] ?? {})
  })

  it('reads dead letters, and publishes them again', async (t) => {
    if (!cli) return
    await follow('Dead letters', t)
    await eventually(observer.atRest)
    assert.deepEqual(violations({ ...(await observer.rows(accepted)), deadLetters: 0 }), [])
    assert.deepEqual(followed, new Set((await page).map((command) => command.heading)), 'all of the page')
  })

  /** The streams get `published` messages; all rows, the provider's books and all answers stay as they are. */
  async function unchanged(run: () => Promise<void>, { published }: { published: number }): Promise<void> {
    const messages = sum(await eventually(observer.atRest))
    const rows = await observer.rows(accepted)
    assert.deepEqual(violations(rows), [])
    const answers = await everything()
    await run()
    assert.equal(sum(await eventually(observer.atRest)), messages + published)
    assert.deepEqual(await observer.rows(accepted), rows)
    assert.deepEqual(await everything(), answers)
  }

  /** Everything that the four services answer. */
  async function everything(): Promise<unknown[]> {
    const client = hastyClient(system.urls.gateway)
    const items: unknown[] = []
    for (const path of ['/orders', '/payments', '/deliveries', '/orderDashboards'] as const) {
      let cursor: string | undefined
      do {
        const page = await client.get(path, { query: { limit: 100, cursor } })
        items.push(...page.items)
        cursor = page.next
      } while (cursor !== undefined)
    }
    return items
  }
})

const page = readFile(join(root, 'docs/replay.md'), 'utf8').then(commandsOf)

function consumedAllAgain(now: ConsumerStates, before: ConsumerStates): void {
  for (const [stream, { created, delivered, messages }] of Object.entries(now)) {
    assert.notEqual(created, before[stream]?.created, stream)
    assert.ok(delivered >= messages && messages > 0, `${stream}: ${delivered} of ${messages}`)
  }
}

const sum = (sequences: readonly number[]) => sequences.reduce((total, sequence) => total + sequence, 0)

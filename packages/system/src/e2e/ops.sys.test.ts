import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { openClient } from '@saucery/client/client'
import { OrderPlaced } from '@saucery/contracts/order'
import { eventKeyOf } from '@saucery/local/access/event-keys'
import { signToken } from '@saucery/local/access/sign-in'
import { type BundledSources, bundleSources } from '@saucery/local/testing/bundle-sources'
import { stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import { connectBroker } from '@saucery/messaging/nats/connection'
import { eventually } from '@saucery/messaging/testing/eventually'
import { quietLog } from '@saucery/messaging/testing/log'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { root } from '@saucery/servers/install/folders'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'

const poisoned = 3

describe('the operations command', { timeout: 240_000 }, () => {
  let system: RunningSystem
  let token: string
  /** As the script runs it, but bundled: each of the many runs begins in a third of the time. */
  let bundled: BundledSources
  before(async () => {
    bundled = await bundleSources([['packages/ops/src/main.ts']])
    system = await runningSystem({ AUTH: 'on', DRILLS: 'on' })
    token = await signToken(system.dataDir, { role: 'operator', subject: 'kim' })
  })
  after(async () => {
    await system[Symbol.asyncDispose]()
    await bundled[Symbol.asyncDispose]()
  })

  /** Runs the command as a script would, without a terminal. */
  async function ops(line: string, env: NodeJS.ProcessEnv = { SAUCERY_TOKEN: token }) {
    const url = line.includes('--url') ? [] : ['--url', system.urls.gateway]
    const args = [...bundled.files, ...line.split(' '), ...url]
    const child = spawn(process.execPath, args, { cwd: root, env: { PATH: process.env.PATH, ...env } })
    child.stdin.end()
    const [out, err, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once('close', resolve)),
    ])
    return {
      out,
      err,
      code,
      lines: () =>
        out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
    }
  }
  const succeeds = async (line: string) => {
    const run = await ops(line)
    assert.equal(run.code, 0, run.err + run.out)
    return run
  }

  it('prints the state of every service, without colours where there is no terminal', async () => {
    const { out } = await succeeds('status')
    for (const name of ['order', 'payment', 'delivery', 'dashboard'])
      assert.match(out, new RegExp(`^${name} `, 'm'))
    assert.ok(!out.includes('\u001b'))
    const [status] = (await succeeds('status --json')).lines()
    assert.equal(status.services.length, 4)
    // On a busy machine a service may answer slowly, and the doctor says so.
    await eventually(async () => assert.match((await succeeds('doctor')).out, /Nothing is wrong/), 60_000)
  })

  it('tells the story of an order, and who asked for it', async () => {
    const client = openClient({ url: system.urls.gateway, token })
    const body = { branchId: 1, sauceId: 2, qty: 3, price: 4_000 }
    const { data } = await client.post('/orders', { body })
    await eventually(async () => {
      const { out } = await succeeds(`order ${data.id}`)
      assert.match(out, /OrderPlaced +a request of kim \(operator\)/)
      assert.match(out, /DeliveryStarted +PaymentApproved/)
      assert.match(out, /Can still happen\n {2}DeliveryCompleted {2}\(DELIVERED\)/)
    })
  })

  it('lists, shows, counts, retries and discards the dead letters that a filter chooses', async () => {
    const { url, users } = system.nats
    const order = await connectBroker({ url, name: 'order', ...users.order, log: quietLog })
    const signing = eventKeyOf(system.dataDir, 'order')
    for (let i = 0; i < poisoned; i++) {
      const cause = { id: 'a-test', traceparent: newTraceparent() }
      const event = stamp(OrderPlaced(OrderPlaced.example), cause, new Date())
      await publishEvent(order, event, { headers: { 'ce-dataschema': 'urn:event:OrderPlaced:0' }, signing })
    }
    await order.connection.close()
    const [group] = await eventually(async () => {
      const groups = (await succeeds('dead-letters groups --service payment --json')).lines()
      assert.equal(groups[0]?.count, poisoned)
      return groups
    })
    assert.equal(group.event, 'OrderPlaced')
    assert.equal((await ops('status')).code, 1)

    const [letter] = (await succeeds('dead-letters list --service payment --json')).lines()
    const { out: shown } = await succeeds(`dead-letters show payment ${letter.sequence}`)
    assert.match(shown, /ce-dataschema: urn:event:OrderPlaced:0/)
    const chosen = 'payment --event OrderPlaced --from 1h'
    assert.match((await succeeds(`dead-letters retry ${chosen} --dry-run`)).out, /^3 open dead letters/)
    assert.equal((await ops(`dead-letters retry ${chosen}`)).code, 2, 'asks, and nobody answers')
    assert.equal((await ops('dead-letters retry payment')).code, 2, 'chooses nothing')
    const retried = await ops(`dead-letters retry ${chosen} --yes --per-second 500`)
    assert.equal(retried.code, 1)
    assert.match(retried.out, /retry done: 3 of 3, 3 failed again/)
    for (const service of ['payment', 'dashboard'])
      await succeeds(`dead-letters discard ${service} --all --yes --why poisoned-by-a-test --per-second 500`)
    const discarded = (await succeeds('dead-letters list --service payment --state discarded --json')).lines()
    assert.equal(discarded.length, poisoned)
    await succeeds('status')
    assert.match((await succeeds('actions --service payment')).out, /kim \(operator\) +discard/)
  })

  it('has the services compare their state, and the dashboard read every event again', async () => {
    await succeeds('reconcile')
    assert.deepEqual((await succeeds('rebuild --json')).lines(), [{ done: true }])
  })

  it('begins and ends load and faults', async () => {
    await succeeds('load --rate 5 --for 60s')
    await succeeds('faults payment-declines --percent 10 --for 60s')
    const { out } = await succeeds('faults list')
    assert.match(out, /^load: load · 5 orders\/s/m)
    assert.match(out, /^payment-declines: /m)
    for (const id of ['load', 'payment-declines']) await succeeds(`faults end ${id}`)
  })

  it('tells a script by its exit code what went wrong, and a person what to do', async () => {
    const away = await ops('status --url http://127.0.0.1:9')
    assert.deepEqual([away.code, /npx pnpm@12 start/.test(away.err)], [3, true])
    const stranger = await ops('status', {})
    assert.deepEqual([stranger.code, /SAUCERY_TOKEN/.test(stranger.err)], [4, true])
    const unknown = await ops('stauts')
    assert.deepEqual([unknown.code, /Did you mean status/.test(unknown.err)], [2, true])
    assert.equal((await ops('dead-letters show payment 99999')).code, 4)
    assert.equal((await ops('digest')).code, 2)
  })
})

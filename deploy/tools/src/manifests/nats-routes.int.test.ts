import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { connect } from 'nats'
import { passwordVariable } from '../secrets/nats-users-file.ts'
import { secretFiles } from '../secrets/secret-files.ts'
import { type NatsMember, natsCluster } from '../testing/nats-cluster.ts'
import { render } from '../testing/render.ts'

const folder = await tempFolder()
const { nats: secret = {} } = secretFiles(folder)
await removeTempFolder(folder)
const resources = await render('production')

const login = (user: string) => ({
  user,
  pass: secret[passwordVariable(user)] ?? '',
  inboxPrefix: `_INBOX_${user}`,
})
const withoutUsers = (text: string) => (text.startsWith('# Generated') ? '' : text)
const withoutPassword = (text: string) =>
  withoutUsers(text)
    .replaceAll(/route:[^@]*@/g, '')
    .replace(/ {2}authorization \{[^}]*\}\n/, '')
const withAnother = (text: string) => withoutUsers(text).replaceAll(/route:[^@]*@/g, 'route:guess@')

for (const version of ['2.15.1', '2.10.26'])
  describe(`the NATS servers of production, on NATS ${version}`, { timeout: 120_000 }, () => {
    it('form a cluster, and admit no server without the password', async () => {
      await using cluster = await natsCluster(resources, secret, version)
      const { names } = cluster
      const members = await Promise.all(names.map((name) => cluster.start(name)))
      const formed = (them: readonly NatsMember[]) =>
        eventually(async () => {
          for (const it of them)
            assert.deepEqual(await it.routes(), new Set(names.filter((name) => name !== it.name)))
        })
      await formed(members)

      for (const [name, change] of Object.entries({ withoutPassword, withAnother })) {
        const rogue = await cluster.start(name, change)
        const heardByRogue: string[] = []
        const spy = await connect({ servers: rogue.url })
        spy.subscribe('>', { callback: (_, { subject }) => void heardByRogue.push(subject) })
        await spy.flush()
        const order = await connect({ servers: members[0]?.url ?? '', ...login('order') })
        const heard: string[] = []
        order.subscribe('payments.*.*', { callback: (_, { subject }) => void heard.push(subject) })
        await order.flush()
        const payment = await connect({ servers: members[1]?.url ?? '', ...login('payment') })

        await eventually(async () => {
          const tried = (await rogue.refusals()) + (await rogue.routes()).size
          assert.ok(tried >= names.length, 'the rogue has not tried each server')
        })
        spy.publish('payments.approved.forged')
        await spy.flush()
        await eventually(async () => {
          payment.publish('payments.approved.true')
          await payment.flush()
          assert.ok(heard.length > 0, 'nothing is heard')
        })
        assert.deepEqual([...new Set(heard)], ['payments.approved.true'])
        assert.deepEqual(heardByRogue, ['payments.approved.forged'])
        assert.deepEqual(await rogue.routes(), new Set())
        await formed(members)
        await Promise.all([spy, order, payment].map((it) => it.close()))
        await rogue.stop()
      }
    })
  })

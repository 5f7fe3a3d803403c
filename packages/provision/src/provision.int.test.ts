import assert from 'node:assert/strict'
import { it } from 'node:test'
import { publishers } from '@saucery/contracts/choreography'
import { testNats } from '@saucery/servers/testing/servers'
import { connect } from 'nats'
import { isTemporary, provision } from './provision.ts'

const provisioner = { user: 'provisioner', password: 'secret' }
const failure = (url: string, password?: string) =>
  provision({ url, ...provisioner, ...(password && { password }) }, 1).catch((error: unknown) => error)

it('creates the streams, and changes nothing the second time', async () => {
  await using nats = await testNats({ users: [provisioner] })
  await provision({ url: nats.url, ...provisioner }, 1)
  await provision({ url: nats.url, ...provisioner }, 1)
  const connection = await connect({ servers: nats.url, user: provisioner.user, pass: provisioner.password })
  const { streams } = await (await connection.jetstreamManager()).getAccountInfo()
  await connection.close()
  // And one of the dead letters.
  assert.equal(streams, publishers.length + 1)
})

it('waits for a server that is away, and not for one that refuses', async () => {
  assert.ok(isTemporary(await failure('nats://127.0.0.1:1')), 'nothing listens there yet')
  assert.ok(
    isTemporary(await failure('nats://nats-0.nats-headless.invalid:4222')),
    'the name has no address yet',
  )
  await using nats = await testNats({ users: [provisioner] })
  assert.ok(!isTemporary(await failure(nats.url, 'another')), 'the password is wrong')
  assert.ok(
    !isTemporary(await provision({ url: nats.url, ...provisioner }, 3).catch((e) => e)),
    'one server has no 3 replicas',
  )
})

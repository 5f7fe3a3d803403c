import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { tlsPostgres } from '@saucery/messaging/testing/tls-postgres'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { certificateAuthority, testCertificates } from '@saucery/servers/testing/certificates'
import { testNats } from '@saucery/servers/testing/servers'
import { exitOf } from '../testing/exit-of.ts'

it('a process whose connection to NATS is closed for good runs its steps and exits with 1', async () => {
  await using nats = await testNats()
  const stopped = await exitOf(
    `const { connectToBroker } = await import('./src/lifecycle/startup.ts')
    const broker = await connectToBroker('order', { NATS_URL: '${nats.url}', EVENT_PUBLIC_KEYS: {} }, log)
    const settings = readSettings(commonSettings, { HOST: '127.0.0.1', PORT: '0', MANAGEMENT_PORT: '0' })
    const spy = { ...log, info: (_, text) => text === 'listening' && broker.connection.close() }
    await serveUntilStopped(new Hono(), { log: spy, settings, stop: [() => print('step'), broker.close] })`,
  )
  assert.deepEqual(stopped, { output: 'step', exit: 1 })
})

it('a process waits, and says so, while the certificate of its database is wrong', {
  timeout: 60_000,
}, async () => {
  await using server = await tlsPostgres()
  const { ca, right } = await testCertificates()
  await server.use(right)
  const folder = await tempFolder()
  const file = join(folder, 'ca.pem')
  writeFileSync(file, (await certificateAuthority()).ca)
  const migrations = new URL('../../../order/migrations/', import.meta.url)
  const url = `${server.url}?sslmode=verify-full&sslrootcert=${file}`
  const stopped = await exitOf(
    `setTimeout(() => process.exit(3), 30_000)
    const { waitUntilUp } = await import('./src/lifecycle/startup.ts')
    const { mayPass } = await import('./src/lifecycle/boot.ts')
    const { migrate } = await import('@saucery/messaging/postgres/migrate')
    const folder = new URL('${migrations}')
    const reasons = { ...log, warn: ({ reason }, text) => print(text + ': ' + reason + ';') }
    await waitUntilUp('Postgres', () => migrate('${url}', folder), mayPass, reasons)
    print('ready')
    await never()`,
    'SIGTERM',
    (output) => output.includes('waiting for Postgres') && writeFileSync(file, ca),
  )
  await removeTempFolder(folder)
  assert.match(stopped.output, /^waiting for Postgres: .*(certificate|self.signed).*; ready$/s)
  assert.equal(stopped.exit, 'SIGTERM')
})

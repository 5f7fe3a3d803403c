import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createServer } from 'node:tls'
import { eventually } from '@saucery/messaging/testing/eventually'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { type Certificate, testCertificates } from '@saucery/servers/testing/certificates'
import { type TestServer, testMongo } from '@saucery/servers/testing/servers'
import { isStoreOutage } from './mongo-errors.ts'
import { openViews } from './view-store.ts'

const certificates = await testCertificates()

/** MongoDB behind TLS. */
async function withTls(mongoUrl: string, certificate: Certificate) {
  const sockets = new Set<Socket>()
  const { hostname, port, pathname } = new URL(mongoUrl)
  const server = createServer({ ...certificate }, (client) => {
    const store = connect(Number(port), hostname)
    for (const socket of [client, store]) sockets.add(socket)
    client.on('error', () => {}).on('close', () => store.destroy())
    store.on('error', () => {}).on('close', () => client.destroy())
    client.pipe(store).pipe(client)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const own = (server.address() as AddressInfo).port
  return {
    urlAt: (host: string, parameters: string) =>
      `mongodb://${host}:${own}${pathname}?directConnection=true&${parameters}`,
    use: (other: Certificate) => server.setSecureContext({ ...other }),
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}

describe('a MongoDB whose URL demands TLS', { timeout: 120_000 }, () => {
  let mongo: TestServer
  let folder = ''
  let demanded = ''
  before(async () => {
    folder = await tempFolder()
    writeFileSync(join(folder, 'ca.pem'), certificates.ca)
    demanded = `tls=true&tlsCAFile=${encodeURIComponent(join(folder, 'ca.pem'))}`
    mongo = await testMongo()
  })
  after(async () => {
    await mongo[Symbol.asyncDispose]()
    await removeTempFolder(folder)
  })

  async function isUp(url: string): Promise<boolean> {
    const views = openViews(url)
    return views.connect().then(views.isUp).finally(views.close)
  }

  for (const host of ['localhost', '127.0.0.1'])
    it(`is reached at ${host} with a certificate for it`, async () => {
      await using store = await withTls(mongo.url, certificates.right)
      assert.equal(await isUp(store.urlAt(host, demanded)), true)
    })

  for (const [which, certificate] of Object.entries(certificates.wrong))
    it(`is away with a certificate ${which}, until it has the right one`, async () => {
      await using store = await withTls(mongo.url, certificate)
      await assert.rejects(isUp(store.urlAt('127.0.0.1', demanded)), isStoreOutage)
      store.use(certificates.right)
      const views = openViews(store.urlAt('127.0.0.1', demanded))
      await views.connect()
      store.use(certificate)
      store.cut()
      await eventually(() => assert.rejects(views.isUp(), isStoreOutage))
      store.use(certificates.right)
      await eventually(async () => assert.equal(await views.isUp(), true))
      await views.close()
    })

  it('is away without TLS', async () => {
    const url = new URL(mongo.url)
    url.search = `directConnection=true&${demanded}`
    await assert.rejects(isUp(url.href), isStoreOutage)
  })
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startNats } from '@saucery/servers/nats/start-nats'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { type Certificate, testCertificates } from '@saucery/servers/testing/certificates'
import { testNats } from '@saucery/servers/testing/servers'
import { ErrorCode } from 'nats'
import { eventually } from '../testing/eventually.ts'
import { logOfReasons } from '../testing/log.ts'
import { connectBroker, connectOnce } from './connection.ts'

const certificates = await testCertificates()
const users = [{ user: 'order', password: 'hunter2' }]

describe('a broker whose URL demands TLS', { timeout: 120_000 }, () => {
  let folder = ''
  before(async () => {
    folder = await tempFolder()
    write('ca', certificates.ca)
    use(certificates.client, 'client')
  })
  after(() => removeTempFolder(folder))

  const file = (name: string) => join(folder, name)
  const write = (name: string, text: string) => writeFileSync(file(name), text)
  function use({ cert, key }: Certificate, name = 'server') {
    write(`${name}.crt`, cert)
    write(`${name}.key`, key)
  }
  const own = () => ({ cert: file('client.crt'), key: file('client.key') })

  const tlsLines = (...lines: string[]) => [
    'tls {',
    `cert_file: "${file('server.crt')}"`,
    `key_file: "${file('server.key')}"`,
    ...lines,
    '}',
  ]
  const tlsNats = () => testNats({ users, lines: tlsLines() })
  /** A connection that may still wait for its first server. */
  function connecting(url: string, host: string, tls: object = { ca: file('ca') }) {
    const log = logOfReasons()
    const address = url.replace('nats://127.0.0.1', `tls://${host}`)
    const broker = connectBroker({ url: address, name: 'order', ...users[0], tls, log })
    let isOpen = false
    void broker.then(() => {
      isOpen = true
    })
    return {
      broker,
      isOpen: () => isOpen,
      reported: (reason: RegExp) =>
        eventually(() =>
          assert.ok(
            log.lines.some((it) => reason.test(String(it.reason))),
            JSON.stringify(log.lines),
          ),
        ),
      [Symbol.asyncDispose]: async () => (await broker).connection.close(),
    }
  }

  for (const version of ['2.15.1', '2.10.26'])
    for (const host of ['localhost', '127.0.0.1'])
      it(`is reached at ${host} with a certificate for it, on NATS ${version}`, async () => {
        use(certificates.right)
        await using nats = await testNats({ users, lines: tlsLines(), version })
        await using order = connecting(nats.url, host)
        const { connection } = await order.broker
        await connection.flush()
        assert.equal(connection.info?.tls_required, true)
      })

  for (const [which, certificate] of Object.entries(certificates.wrong))
    it(`refuses a certificate ${which}, says so, and is reached when it is the right one`, async () => {
      use(certificate)
      await using nats = await tlsNats()
      await using order = connecting(nats.url, '127.0.0.1')
      await order.reported(/certificate|altnames|self-signed/)
      assert.equal(order.isOpen(), false)
      use(certificates.right)
      await nats.restart()
      await order.broker
      // While it runs, too.
      use(certificate)
      await nats.restart()
      await eventually(async () => assert.equal((await order.broker).isConnected(), false))
      use(certificates.right)
      await nats.restart()
      await eventually(async () => assert.equal((await order.broker).isConnected(), true))
    })

  /** A server without TLS, and what it was told. */
  async function plainServer() {
    let told = ''
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket)
      socket
        .on('error', () => {})
        .on('data', (text) => {
          told += text
        })
      socket.write(
        'INFO {"server_id":"rogue","version":"2.15.1","max_payload":1048576,"proto":1,"headers":true}\r\n',
      )
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const close = () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
    return { port, url: `nats://127.0.0.1:${port}`, told: () => told, close, [Symbol.dispose]: close }
  }

  it('tells a server without TLS no password, and is reached when it has TLS', async () => {
    using plain = await plainServer()
    await using order = connecting(plain.url, '127.0.0.1')
    await order.reported(/TLS is demanded/)
    assert.equal(plain.told(), '')
    plain.close()
    use(certificates.right)
    const { port } = plain
    const nats = await startNats({ dataDir: join(folder, 'nats'), port, users, lines: tlsLines() })
    await order.broker
    await nats.kill()
  })

  for (const [what, scheme, files] of [
    ['the scheme alone', 'tls:', []],
    ['a file alone', 'nats:', ['ca']],
  ] as const)
    it(`tells a server without TLS no password when ${what} demands TLS`, async () => {
      using plain = await plainServer()
      const url = plain.url.replace('nats:', scheme)
      const tls = Object.fromEntries(files.map((name) => [name, file(name)]))
      const login = { url, name: 'order', ...users[0], tls }
      await assert.rejects(connectOnce(login, { timeout: 1000, reconnect: false }), {
        code: ErrorCode.ServerOptionNotAvailable,
      })
      assert.equal(plain.told(), '')
    })

  it('shows its own certificate where the server demands one, and says when it is refused', async () => {
    use(certificates.right)
    const lines = tlsLines(`ca_file: "${file('ca')}"`, 'verify: true')
    await using nats = await testNats({ users, lines })
    await using order = connecting(nats.url, '127.0.0.1', { ca: file('ca'), ...own() })
    await (await order.broker).connection.flush()
    const reasons: string[] = []
    const onDialFailed = (_: string, { message }: Error) => void reasons.push(message)
    const url = nats.url.replace('nats:', 'tls:')
    const login = { url, name: 'order', ...users[0], tls: { ca: file('ca') } }
    // The server closes after its alert. A client that has sent something by then may see a reset in its place.
    await eventually(async () => {
      await assert.rejects(connectOnce(login, { onDialFailed, timeout: 1000, reconnect: false }))
      assert.match(reasons.join(), /certificate required/)
    })
  })
})

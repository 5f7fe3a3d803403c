import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:https'
import { connect as connectPlainly } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, mock } from 'node:test'
import { connect } from 'node:tls'
import { type Certificate, testCertificates } from '@saucery/servers/testing/certificates'
import { Hono } from 'hono'
import { httpSettings, readSettings } from '../settings/settings.ts'
import { silentLog } from '../testing/log.ts'
import { answerTo } from '../testing/raw.ts'
import { serve } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'http-tls-'))
after(() => rmSync(folder, { recursive: true }))
const files = { TLS_CERT_FILE: join(folder, 'cert.pem'), TLS_KEY_FILE: join(folder, 'key.pem') }
const certificates = await testCertificates()
const { ca } = certificates

function use({ cert, key }: Certificate) {
  writeFileSync(files.TLS_CERT_FILE, cert)
  writeFileSync(files.TLS_KEY_FILE, key)
}
use(certificates.right)

const start = (env: Record<string, string> = files) => {
  const app = new Hono().get('/', (c) => c.text('here'))
  return serve(app, readSettings(httpSettings, { HOST: '127.0.0.1', PORT: '0', ...env }), silentLog)
}

async function ask(port: number, agent: Agent | false = false): Promise<string> {
  const [answer] = await once(get({ host: '127.0.0.1', port, ca, agent }), 'response')
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) text += chunk
  return text
}

describe('the HTTP server with a certificate', { timeout: 30_000 }, () => {
  it('serves HTTPS, and nothing to a client without TLS', async () => {
    const http = await start()
    assert.equal(await ask(http.port), 'here')
    assert.equal(await answerTo(http.port, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'), '')
    await http.close()
  })

  it('does not start with half of a certificate, or with files that are none', async () => {
    await assert.rejects(start({ TLS_CERT_FILE: files.TLS_CERT_FILE }), /belong together/)
    await assert.rejects(start({ TLS_KEY_FILE: files.TLS_KEY_FILE }), /belong together/)
    await assert.rejects(start({ ...files, TLS_KEY_FILE: files.TLS_CERT_FILE }))
  })

  it('closes at once although connections are idle, or have not begun', async () => {
    const http = await start()
    const agent = new Agent({ keepAlive: true })
    await ask(http.port, agent)
    const idle = connect({ host: '127.0.0.1', port: http.port, ca })
    await once(idle, 'secureConnect')
    const silent = connectPlainly(http.port, '127.0.0.1')
    await once(silent, 'connect')
    for (const socket of [idle, silent]) socket.on('error', () => {})
    await ask(http.port)
    const begun = performance.now()
    await http.close()
    assert.ok(performance.now() - begun < 2000, 'it waited')
    agent.destroy()
  })

  it('takes a renewed certificate while it runs', async () => {
    mock.timers.enable({ apis: ['setInterval'] })
    const http = await start()
    use(certificates.wrong['that has expired'])
    mock.timers.tick(60_000)
    await assert.rejects(ask(http.port), { code: 'CERT_HAS_EXPIRED' })
    use(certificates.right)
    mock.timers.tick(60_000)
    assert.equal(await ask(http.port), 'here')
    mock.timers.reset()
    await http.close()
  })
})

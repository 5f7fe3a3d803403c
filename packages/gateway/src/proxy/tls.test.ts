import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { type Certificate, testCertificates } from '@saucery/servers/testing/certificates'
import { startGateway, startUpstream } from '../testing/gateway.ts'

const certificates = await testCertificates()
const folder = mkdtempSync(join(tmpdir(), 'upstream-tls-'))
after(() => rmSync(folder, { recursive: true }))
const UPSTREAM_CA_FILE = join(folder, 'ca.pem')
writeFileSync(UPSTREAM_CA_FILE, certificates.ca)

async function startTlsUpstream(certificate: Certificate) {
  const requests: string[] = []
  const server = createServer({ ...certificate }, ({ url }, response) => {
    requests.push(String(url))
    response.end('fine')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    await once(server.close(), 'close')
  }
  return { requests, port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close }
}

async function statusOf(url: string): Promise<number> {
  const answer = await fetch(`${url}/orders`)
  await answer.text()
  return answer.status
}

describe('a service with an https URL', () => {
  for (const host of ['localhost', '127.0.0.1'])
    it(`is reached at ${host} with a certificate for it`, async () => {
      await using order = await startTlsUpstream(certificates.right)
      await using gateway = await startGateway({
        ORDER_URL: `https://${host}:${order.port}`,
        UPSTREAM_CA_FILE,
      })
      assert.equal(await statusOf(gateway.url), 200)
    })

  for (const [which, certificate] of Object.entries(certificates.wrong))
    it(`gets no request with a certificate ${which}`, async () => {
      await using order = await startTlsUpstream(certificate)
      await using gateway = await startGateway({
        ORDER_URL: `https://127.0.0.1:${order.port}`,
        UPSTREAM_CA_FILE,
      })
      assert.equal(await statusOf(gateway.url), 502)
      assert.deepEqual(order.requests, [])
    })

  it('gets no request without TLS, nor with an authority that nobody named', async () => {
    await using plain = await startUpstream((_, response) => response.end('fine'))
    const ORDER_URL = plain.url.replace('http:', 'https:')
    await using gateway = await startGateway({ ORDER_URL, UPSTREAM_CA_FILE })
    assert.equal(await statusOf(gateway.url), 502)
    await using order = await startTlsUpstream(certificates.right)
    await using trusting = await startGateway({ ORDER_URL: `https://127.0.0.1:${order.port}` })
    assert.equal(await statusOf(trusting.url), 502)
    assert.deepEqual(order.requests, [])
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SupervisedServer } from '@saucery/servers/process/supervise'
import { painter } from '../demo/paint.ts'
import { perService, perStore } from '../system/service-ports.ts'
import { helpText, readyLine, readyText, tracesAt } from './start-texts.ts'

const page = 'http://localhost:8088'
const traces = tracesAt(page, true, {})
const ready = { page, seconds: 4.21, auth: false, links: {}, hasKeys: true, traces }
const plain = painter(false)

describe('the line of a server', () => {
  it('has a tick', () => assert.equal(readyLine('order', undefined, plain), '✔ order'))

  it('says why it is this one', () => {
    const found = { what: 'NATS 2.12.1', why: 'found at /usr/bin/nats-server' }
    assert.equal(readyLine('nats', found, plain), '✔ NATS 2.12.1 (found at /usr/bin/nats-server)')
  })
})

describe('the last text of the start', () => {
  it("begins with the page's address, and is short", () => {
    const lines = readyText(ready, plain).trim().split('\n')
    assert.equal(lines[0], `➜  ${page}`)
    assert.equal(lines.length, 5)
    assert.match(
      lines.join('\n'),
      /Ready after 4\.2 s\. Sign-in is off: .*\n *Traces: .*\n.*h help .* q quit$/,
    )
  })

  it('names commands where no keys are read', () => {
    const text = readyText({ ...ready, hasKeys: false }, plain)
    assert.match(text, /npx pnpm@12 demo · Stop with Ctrl-C/)
    assert.doesNotMatch(text, /h help/)
  })

  it('says that load and faults can be made on purpose, where they can', () => {
    assert.match(readyText({ ...ready, drills: true }, plain), /Drills are on: load and faults/)
    assert.doesNotMatch(readyText(ready, plain), /Drills/)
  })

  it('has a link for each role that signs in', () => {
    const links = { operator: `${page}/#/sign-in?token=a.b.c`, courier: `${page}/#/sign-in?token=d.e.f` }
    const text = readyText({ ...ready, auth: true, links }, plain)
    assert.match(text, /^ {2}operator {2}http\S+a\.b\.c\n {2}courier {3}http\S+d\.e\.f$/m)
    assert.doesNotMatch(text, /Sign-in is off/)
  })
})

describe('where traces are', () => {
  it('is the page, the endpoint in the environment, or nowhere', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }
    assert.match(tracesAt(page, true, {}), /^on each order's page/)
    assert.equal(tracesAt(page, false, env), 'sent to http://collector:4318')
    assert.equal(tracesAt(page, false, { ...env, OTEL_SDK_DISABLED: 'true' }), 'off')
    assert.equal(tracesAt(page, false, {}), 'off')
  })
})

describe('the help', () => {
  const system = {
    urls: perService((name) => `http://127.0.0.1/${name}`),
    managementUrls: perService((name) => `http://127.0.0.1/of-${name}`),
    servers: perStore((what) => ({ what, port: 4222 }) as SupervisedServer),
  }
  const found = { nats: { what: 'nats', why: 'on the PATH' } }
  const details = { system, page, dataDir: '/data', found, auth: true, links: {}, traces, logs: true }

  it('has the keys, addresses, metrics, ports of the stores and the file of the passwords', () => {
    const text = helpText(details)
    for (const part of [
      /l {2}the services' logs \(on\)/,
      /^ {2}page {7}http:\/\/localhost:8088$/m,
      /order {6}http:\/\/127\.0\.0\.1\/order {2}metrics http:\/\/127\.0\.0\.1\/of-order\/metrics/,
      /nats {7}port 4222 {2}nats \(on the PATH\)/,
      /traces {5}on each order's page, and as JSON at http:\/\/localhost:8088\/operations\/orders\/<id>\/traces/,
      /passwords {2}\/data\/secrets\.json/,
      /curl http:\/\/localhost:8088\/orderDashboards -H "authorization: Bearer \$TOKEN"/,
    ])
      assert.match(text, part)
  })

  it('has fresh links to sign in', () => {
    const text = helpText({ ...details, links: { courier: `${page}/#/sign-in?token=d.e.f` } })
    assert.match(text, /^ {2}courier {3}http\S+d\.e\.f$/m)
  })

  it('has no keys where none are read', () => {
    assert.doesNotMatch(helpText({ ...details, logs: undefined }), /quit/)
  })
})

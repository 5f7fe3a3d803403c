import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Gauge } from 'prom-client'
import { openMetrics } from '../telemetry/metrics.ts'
import { readProblem } from '../testing/http.ts'
import { silentLog } from '../testing/log.ts'
import { managementApi } from './management.ts'

const metrics = openMetrics()
const open = (AUTH: 'on' | 'off') => managementApi({}, metrics, { AUTH, ALLOWED_HOSTS: ['order'] }, silentLog)

it('probes and metrics are answered without a token, and nothing else is', async () => {
  for (const path of ['/livez', '/readyz', '/metrics'])
    assert.equal((await open('on').request(path, { headers: { host: 'any.example' } })).status, 200)
  for (const path of ['/livez/x', '/livez/', '/', '/LIVEZ', '//livez', '/orders'])
    assert.equal((await readProblem(open('on').request(path))).code, 'no-such-route', path)
})

it('the pages of other web sites are refused where sign-in is off', async () => {
  for (const path of ['/livez', '/readyz', '/metrics']) {
    const ask = (headers: Record<string, string>) => open('off').request(path, { headers })
    assert.equal((await readProblem(ask({ origin: 'https://evil.example' }))).code, 'foreign-origin')
    assert.equal((await readProblem(ask({ host: 'evil.example' }))).code, 'unknown-host')
    for (const host of ['10.1.2.3:8081', 'order:8081']) assert.equal((await ask({ host })).status, 200)
  }
})

it('all scrapes at the same time, and within a second, read the numbers once', async () => {
  let reads = 0
  new Gauge({
    name: 'costly',
    help: 'a query',
    registers: [metrics],
    collect() {
      this.set(++reads)
    },
  })
  const app = open('on')
  const flood = () => Promise.all(Array.from({ length: 20 }, () => app.request('/metrics')))
  for (const answer of [...(await flood()), ...(await flood())])
    assert.match(await answer.text(), /^costly 1$/m)
  assert.equal(reads, 1)
})

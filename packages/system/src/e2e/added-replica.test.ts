import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serve } from '@saucery/chassis/http/server'
import { httpSettings, readSettings } from '@saucery/chassis/settings/settings'
import { silentLog } from '@saucery/chassis/testing/log'
import { openAgentFetch } from '@saucery/client/agent-fetch'
import { startGateway } from '@saucery/gateway/testing/gateway'
import { Hono } from 'hono'
import { openBalancer } from '../support/balancer.ts'

const ageMs = 300
const age = { MAX_CONNECTION_AGE_MS: String(ageMs) }

/** A service that counts its requests. */
async function startReplica() {
  let requests = 0
  const answer = new Hono().all('*', async (c) => {
    requests++
    return c.text(await c.req.text())
  })
  const http = await serve(
    answer,
    readSettings(httpSettings, { HOST: '127.0.0.1', PORT: '0', ...age }),
    silentLog,
  )
  return { port: http.port, requests: () => requests, [Symbol.asyncDispose]: http.close }
}

describe('a replica that is added behind a balancer of connections', () => {
  it('gets its share of the requests as soon as the older connections have their age, and none fails', async () => {
    await using first = await startReplica()
    await using added = await startReplica()
    const services = await openBalancer([first.port])
    await using gateway = await startGateway({ ORDER_URL: services.url, ...age })
    // Its answers have a header that those of the first do not have.
    const limit = { RATE_LIMIT_PER_MINUTE: '1000000' }
    await using addedGateway = await startGateway({ ORDER_URL: services.url, ...age, ...limit })
    const gateways = await openBalancer([gateway.port])
    const client = openAgentFetch({ maxSockets: 4 })
    let isOver = false
    const answers = { ofFirst: 0, ofAdded: 0 }
    /** One call at a time, reads and changes in turn, for as long as the test runs. */
    async function load(): Promise<void> {
      for (let n = 0; !isOver; n++) {
        const call = n % 2 ? { method: 'POST', body: '{}' } : {}
        const answer = await client.fetch(`${gateways.url}/orders`, { headers: new Headers(), ...call })
        assert.equal(answer.status, 200)
        answers[answer.headers.get('ratelimit') === null ? 'ofFirst' : 'ofAdded']++
      }
    }
    const clients = Promise.all([load(), load(), load(), load()])
    try {
      const until = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
      await Promise.race([until(ageMs / 2), clients])
      assert.equal(added.requests(), 0)
      services.putIn(added.port)
      gateways.putIn(addedGateway.port)
      await Promise.race([until(ageMs), clients])
      const count = () => [first.requests(), added.requests(), answers.ofFirst, answers.ofAdded]
      const before = count()
      await Promise.race([until(3 * ageMs), clients])
      const since = count().map((now, i) => now - Number(before[i]))
      const [ofFirst = 0, ofAdded = 0, ofFirstGateway = 0, ofAddedGateway = 0] = since
      assert.ok(ofAdded > ofFirst / 4, `${ofAdded} beside ${ofFirst}`)
      assert.ok(ofAddedGateway > ofFirstGateway / 4, `${ofAddedGateway} beside ${ofFirstGateway}`)
    } finally {
      isOver = true
      await clients.finally(client.close)
      for (const balancer of [gateways, services]) balancer.close()
    }
  })
})

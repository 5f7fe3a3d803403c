import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { after, describe, it } from 'node:test'
import { readProblem } from '@saucery/chassis/testing/http'
import { consumingServices, publishers, type Service } from '@saucery/contracts/choreography'
import { getOverview } from '../documents/overview.ts'
import { startGateway, startUpstream } from '../testing/gateway.ts'
import { startProvider } from '../testing/tokens.ts'

const overviewSchema = getOverview.responses[200].content['application/json'].schema

const consumer = { stream: 'ORDERS', durable: 'payment', pending: 0, ackPending: 0, redelivered: 0 }
const report = (service: string) => ({ service, consumers: [consumer], deadLetters: 2 })

/** On a busy machine an answer may be slow. */
const answers = new Set(['up', 'slow'])

type Mode = 'answers' | 'hangs' | 'hangs after the head' | 'busy' | 'without a database'

/** A service that answers as its mode tells, and counts the questions. */
async function startService(name: string) {
  const state = { mode: 'answers' as Mode, questions: 0 }
  const problem = { busy: 'service-overloaded', 'without a database': 'store-unavailable' } as const
  const listener: RequestListener = ({ url }, response) => {
    state.questions++
    const { mode } = state
    if (mode === 'hangs') return
    if (mode === 'hangs after the head') return response.writeHead(200).flushHeaders()
    const waiting = { ...consumer, pending: 20 }
    const items = publishers.map((service) => ({ ...waiting, service }))
    const found = url?.endsWith('/lag-of-others') ? { items } : report(name)
    if (mode === 'answers') response.end(JSON.stringify(found))
    else response.writeHead(503).end(JSON.stringify({ code: problem[mode], title: `It is ${mode}` }))
  }
  return Object.assign(state, await startUpstream(listener))
}

async function started(env: Record<string, string> = {}) {
  const upstreams = await Promise.all(consumingServices.map(startService))
  const services = Object.fromEntries(
    consumingServices.map((name, i) => [name, upstreams[i] as (typeof upstreams)[number]]),
  )
  const urls = Object.entries(services).map(([name, { url }]) => [`${name.toUpperCase()}_URL`, url])
  const gateway = await startGateway({ ...Object.fromEntries(urls), ...env })
  const read = async () => {
    const since = performance.now()
    const answer = await fetch(`${gateway.url}/operations`)
    const { services } = overviewSchema.parse(await answer.json())
    const ms = performance.now() - since
    return { ms, of: Object.fromEntries(services.map((it) => [it.service, it])) }
  }
  /** What is kept for a second is out of date then. */
  const expired = () => new Promise((resolve) => setTimeout(resolve, 1050))
  return {
    ...(services as Record<Service, (typeof services)[string]>),
    url: gateway.url,
    read,
    expired,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await Promise.all(Object.values(services).map(({ close }) => close()))
    },
  }
}

describe('GET /operations', () => {
  it('answers within two seconds whatever hangs, with the lag that the dashboard sees', async () => {
    await using system = await started()
    for (const { state } of Object.values((await system.read()).of)) assert.ok(answers.has(state), state)
    await system.expired()
    system.order.mode = 'hangs'
    system.delivery.mode = 'hangs after the head'
    await system.payment.close()
    const { ms, of } = await system.read()
    // 1.5 s, and what a busy machine adds; a service that hangs never answers.
    assert.ok(ms < 10_000, `took ${ms} ms`)
    for (const service of ['order', 'payment', 'delivery'] as const) {
      assert.equal(of[service]?.state, 'down')
      assert.equal(of[service]?.lag?.consumers[0]?.pending, 20)
      assert.equal(of[service]?.lag?.readBy, 'dashboard')
      assert.equal(of[service]?.report?.deadLetters, 2)
      const [reportAge, lagAge] = [Number(of[service]?.report?.ageMs), Number(of[service]?.lag?.ageMs)]
      assert.ok(reportAge > lagAge + 900, 'the report is from before')
    }
    assert.equal(of.order?.reason, 'No answer within 1.5 s')
    assert.match(String(of.payment?.reason), /^Cannot be reached/)
    assert.ok(answers.has(String(of.dashboard?.state)))
  })

  it('has no number that nobody knows', async () => {
    await using system = await started()
    for (const name of ['payment', 'dashboard'] as const) system[name].mode = 'hangs'
    const { of } = await system.read()
    const states = ['payment', 'dashboard'].map((name) => [of[name]?.state, of[name]?.lag, of[name]?.report])
    assert.deepEqual(states, Array(2).fill(['down', undefined, undefined]))
    assert.equal(of.order?.lag?.readBy, 'order')
  })

  it('tells a busy service from one that cannot do its work', async () => {
    await using system = await started()
    system.order.mode = 'busy'
    system.payment.mode = 'without a database'
    const { order, payment } = (await system.read()).of
    assert.deepEqual([order?.state, order?.reason], ['slow', 'It is busy'])
    assert.deepEqual([payment?.state, payment?.reason], ['down', 'It is without a database'])
  })

  it('asks each service once a second for any number of pages', async () => {
    await using system = await started()
    await Promise.all(Array.from({ length: 50 }, system.read))
    await system.read()
    const { order, dashboard } = system
    assert.ok(order.questions <= 5, `${order.questions} questions for 51 pages`)
    assert.equal(dashboard.questions, 2 * order.questions)
  })
})

describe('who may see the operations', async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const GATEWAY_SIGNING_KEY = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const provider = await startProvider()
  const system = await started({ ...provider.env, GATEWAY_SIGNING_KEY })
  after(async () => {
    await system[Symbol.asyncDispose]()
    await provider[Symbol.asyncDispose]()
  })
  const get = async (role?: string) => {
    const token = role && (await provider.token({ sub: 'kim', role, branch_id: '7' }))
    return fetch(`${system.url}/operations`, token ? { headers: { authorization: `Bearer ${token}` } } : {})
  }

  it('is an operator alone, at no cost to a service otherwise', async () => {
    assert.deepEqual(await readProblem(get('courier')), { status: 403, code: 'not-permitted', places: [] })
    assert.equal((await readProblem(get('branch'))).status, 403)
    assert.equal((await readProblem(get())).status, 401)
    assert.equal(system.order.questions, 0)
    assert.equal((await get('operator')).status, 200)
  })
})

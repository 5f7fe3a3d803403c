import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { OrderPlaced } from '@saucery/contracts/order'
import { eventKeyOf } from '@saucery/local/access/event-keys'
import { stamp } from '@saucery/messaging/events/event'
import { newTraceparent } from '@saucery/messaging/events/trace-context'
import { type Broker, connectBroker } from '@saucery/messaging/nats/connection'
import { eventually } from '@saucery/messaging/testing/eventually'
import { quietLog } from '@saucery/messaging/testing/log'
import { publishEvent } from '@saucery/messaging/testing/messages'
import { runOrFail } from '@saucery/servers/process/run'
import { v7 as uuidv7 } from 'uuid'
import { hastyClient, tryToPlace } from '../support/orders.ts'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'
import { lockTable, makeUnknown } from '../testing/database-faults.ts'
import { findPrometheus, type Prometheus, startPrometheus } from '../testing/prometheus.ts'
import { runRunbook } from '../testing/run-runbook.ts'
import {
  documentedMetrics,
  panelQueries,
  ruleFiles,
  scaledRules,
  shippedRules,
} from '../testing/shipped-observability.ts'

/** Every time of the rules is so many times shorter here: a minute is a second and a half. */
const factor = 40

/** Numbers that only an exporter of the store has: here their queries are checked for their syntax alone. */
const ofExporter = /\b(gnatsd|jetstream|pg)_/

const settings = {
  OVERDUE_AFTER_MS: '5000',
  PAYMENT_BREAKER_VOLUME: '3',
  PAYMENT_BREAKER_RESET_MS: '6000',
}
const strictly = { prefer: 'wait=1, handling=strict' }
const body = { branchId: 1, sauceId: 1, qty: 1, price: 1000 }

const found = findPrometheus()

it('has Prometheus', (t) => {
  if (!found) t.diagnostic('LEFT OUT: alerts and dashboards; Debian’s package prometheus is not installed')
  assert.ok(found || !process.env.CI, 'prometheus and promtool are not on the PATH')
})

if (found)
  describe('the dashboards and alerts', { timeout: 300_000 }, () => {
    let system: RunningSystem
    let prometheus: Prometheus
    let order: Broker
    let provisioner: Broker
    const brokers: Broker[] = []
    const fired = new Set<string>()

    before(async () => {
      system = await runningSystem(settings)
      const { url, users } = system.nats
      const connect = (name: 'order' | 'provisioner') =>
        connectBroker({ url, name, ...users[name], log: quietLog })
      order = await connect('order')
      provisioner = await connect('provisioner')
      brokers.push(order, provisioner)
      prometheus = await startPrometheus({
        program: found.prometheus,
        folder: join(system.dataDir, 'prometheus'),
        targets: system.managementUrls,
        rules: scaledRules(factor),
      })
    })
    after(async () => {
      await Promise.all(brokers.map((broker) => broker.connection.close()))
      await prometheus[Symbol.asyncDispose]()
      await system[Symbol.asyncDispose]()
    })

    const client = () => hastyClient(system.urls.gateway)
    const strictOrder = () => client().post('/orders', { body, header: strictly })

    const matches = (labels: object, wanted: object) =>
      Object.entries(wanted).every(([label, value]) => labels[label as keyof typeof labels] === value)

    /** Waits until the alert fires with these labels, and runs the commands of its runbook. */
    async function fires(alertname: string, labels: Record<string, string> = {}): Promise<void> {
      await eventually(
        async () => {
          const firing = await prometheus.firing()
          const isFiring = firing.some((alert) => matches(alert, { alertname, ...labels }))
          if (!isFiring) throw new Error(`${alertname} does not fire; ${firing.map((it) => it.alertname)} do`)
        },
        45_000,
        200,
      )
      if (fired.has(alertname)) return
      fired.add(alertname)
      const { annotations } = shippedRules.find(({ alert }) => alert === alertname) ?? {}
      await runRunbook(String(annotations?.runbook_url), system, prometheus.url)
    }

    const clears = (alertname: string) =>
      eventually(
        async () => {
          const firing = await prometheus.firing()
          if (firing.some((alert) => alert.alertname === alertname))
            throw new Error(`${alertname} still fires: ${JSON.stringify(firing)}`)
        },
        60_000,
        200,
      )

    it('have rules and queries that Prometheus accepts', async () => {
      for (const file of ruleFiles) await runOrFail(found.promtool, ['check', 'rules', file])
      for (const { panel, expr } of panelQueries())
        await prometheus.query(inTest(expr)).catch((error) => assert.fail(`${panel}: ${error}`))
    })

    it('are quiet while all is well, and count what happens', async () => {
      const ids = await Promise.all(Array.from({ length: 30 }, () => tryToPlace(client())))
      for (const id of ids.slice(0, 5))
        await eventually(() => client().post('/deliveries/{id}/complete', { path: { id } }))
      assert.equal((await strictOrder()).status, 201)
      for (let i = 0; i < 20; i++) await fetch(`${system.urls.gateway}/nowhere/${i}`)
      await eventually(async () => {
        assert.deepEqual(
          await prometheus.query('sum(orders) >= 31 and sum(up) == 5').then((it) => it.length),
          1,
        )
      })
      assert.deepEqual(await prometheus.firing(), [])
    })

    it('tell of a stopped service, overdue orders, a poison message, an open breaker and more, and clear', async () => {
      const paid = await tryToPlace(client())
      await eventually(async () =>
        assert.equal((await client().get('/orders/{id}', { path: { id: paid } })).status, 'DELIVERING'),
      )
      await system.services.delivery.stop()
      const overdue = await tryToPlace(client())
      await eventually(async () =>
        assert.equal((await client().get('/orders/{id}', { path: { id: overdue } })).status, 'PAID'),
      )
      await makeUnknown(system.databases.payments, paid, 30)
      const poison = placed()
      const signing = eventKeyOf(system.dataDir, 'order')
      const unreadable = { 'ce-dataschema': 'urn:event:OrderPlaced:0' }
      await publishEvent(order, poison, { headers: unreadable, signing, messageId: uuidv7() })
      const starved = starve(system.services.gateway.pid)
      await Promise.all([
        fires('ServiceDown', { service: 'delivery' }),
        fires('ConsumerStopped', { consumer: 'delivery', stream: 'PAYMENTS' }),
        fires('OrdersOverdue', { status: 'PAID', awaits: 'DeliveryStarted' }),
        fires('PoisonMessage', { service: 'payment' }),
        fires('PoisonMessage', { service: 'dashboard' }),
        fires('ProviderSilent', { status: 'PENDING' }),
        fires('EventLoopSlow', { service: 'gateway' }).finally(starved.end),
      ])

      await system.services.payment.stop()
      const refused = await Promise.allSettled([strictOrder(), strictOrder(), strictOrder(), strictOrder()])
      assert.ok(refused.every(({ status }) => status === 'rejected'))
      await fires('BreakerOpen', { service: 'order' })

      system.services.delivery.start()
      system.services.payment.start()
      // Its publisher publishes it as it should have been.
      await publishEvent(order, poison, { signing, messageId: uuidv7() })
      await eventually(() => strictOrder(), 30_000, 500)
      await Promise.all(
        ['ServiceDown', 'ConsumerStopped', 'PoisonMessage', 'BreakerOpen', 'EventLoopSlow'].map(clears),
      )
    })

    it('tell of a full stream and of a locked table, and clear', async () => {
      const { jsm } = provisioner
      const { state } = await jsm.streams.info('ORDERS')
      await jsm.streams.update('ORDERS', { max_msgs: state.messages, discard: 'new' as never })
      await tryToPlace(client())
      await fires('BrokerFull', { service: 'order' })
      await jsm.streams.update('ORDERS', { max_msgs: -1, discard: 'old' as never })
      await clears('BrokerFull')

      const locked = await lockTable(system.databases.deliveries, 'deliveries')
      const requests = askUntil(`${system.urls.delivery}/deliveries`)
      await fires('PoolSaturated', { service: 'delivery', store: 'postgres' })
      await locked.release()
      await requests.end()
      await clears('PoolSaturated')
    })

    it('tell of each store that is away, and of a dashboard that is behind, and clear', async () => {
      const { mongodb, nats, postgres } = system.servers
      await Promise.all([mongodb.stop(), postgres.stop()])
      // The dashboard reads it; the order service has stored and published it before.
      await publishEvent(order, placed(), { signing: eventKeyOf(system.dataDir, 'order') })
      const requests = askUntil(`${system.urls.order}/orders`)
      await Promise.all([
        fires('StoreAway', { service: 'dashboard', store: 'mongodb' }),
        fires('StoreAway', { service: 'payment', store: 'postgres' }),
        fires('HttpErrors', { service: 'order' }),
        fires('ProjectionBehind'),
      ])
      await requests.end()
      await nats.stop()
      await Promise.all([fires('StoreAway', { service: 'delivery', store: 'nats' }), fires('NumbersMissing')])
      for (const server of [mongodb, nats, postgres]) server.start()
      await Promise.all([...fired].map(clears))
    })

    it('are all of them proven', () => {
      assert.deepEqual(fired, new Set(shippedRules.map(({ alert }) => alert)))
    })

    it('had data for every query of every panel', async () => {
      const empty: string[] = []
      for (const { panel, expr } of panelQueries()) {
        if (ofExporter.test(expr)) continue
        if ((await prometheus.queryAll(inTest(expr))).length === 0) empty.push(`${panel}: ${expr}`)
      }
      assert.deepEqual(empty, [])
    })

    it('are of metrics that are documented, each with a help text, and whose labels are bounded', async () => {
      const all = await prometheus.api<{ metric: string; help: string }[]>('targets/metadata')
      const help = new Map(all.map(({ metric, help }) => [metric, help]))
      for (const [metric, text] of help) assert.ok(text.length > 5, metric)
      const documented = documentedMetrics()
      const own = [...help.keys()].filter((metric) => !/^(nodejs|process)_/.test(metric))
      assert.deepEqual(new Set(documented.keys()), new Set(own))

      const series = await prometheus.api<Record<string, string>[]>('series', {
        'match[]': '{job="saucery"}',
      })
      const usual = ['__name__', 'job', 'instance', 'service', 'le']
      for (const { __name__: name = '', ...labels } of series) {
        const metric = name.replace(/_(bucket|sum|count)$/, '')
        const wanted = documented.get(name) ?? documented.get(metric)
        if (!wanted) continue
        const others = Object.keys(labels).filter((label) => !usual.includes(label))
        assert.deepEqual(new Set(others), new Set(wanted), name)
      }
      const routes = new Set(series.flatMap(({ route }) => route ?? []))
      for (const route of routes) assert.doesNotMatch(route, /[0-9]|nowhere/, 'a path is no route')
      for (const route of ['none', '/orders', '/orders/{id}', '/deliveries/{id}/complete'])
        assert.ok(routes.has(route), `${route} is not among ${[...routes]}`)
      for (const service of ['order', 'payment', 'delivery', 'dashboard', 'gateway']) {
        const count = series.filter((labels) => labels.service === service).length
        assert.ok(count < 2500, `${service} has ${count} series`)
      }
    })

    it('show that all services together need less than 1 GiB', async (t) => {
      const [sum] = await prometheus.queryAll('sum(process_resident_memory_bytes{job="saucery"})')
      const most = Math.max(...(sum?.values ?? []).map(([, bytes]) => Number(bytes)))
      t.diagnostic(`at most ${Math.round(most / 2 ** 20)} MiB`)
      assert.ok(most > 0 && most < 2 ** 30, `${most} bytes`)
    })
  })

const placed = () =>
  stamp(
    OrderPlaced({ ...OrderPlaced.example, orderId: uuidv7() }),
    { id: 'a-test', traceparent: newTraceparent() },
    new Date(),
  )

/** The query with values in the place of Grafana's variables. */
const inTest = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '10s').replaceAll('$service', '.*')

/** Gives a process the CPU for three tenths of each second only. */
function starve(pid: number | undefined) {
  assert.ok(pid)
  const ending = new AbortController()
  const ended = (async () => {
    while (!ending.signal.aborted) {
      process.kill(pid, 'SIGSTOP')
      await delay(450)
      process.kill(pid, 'SIGCONT')
      await delay(250)
    }
  })()
  return {
    end: async () => {
      ending.abort()
      await ended
    },
  }
}

/** Keeps asking a service for more than its pool can do at once, whatever it answers. */
function askUntil(url: string) {
  const ending = new AbortController()
  const one = async () => {
    while (!ending.signal.aborted) {
      await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => {})
      await delay(20)
    }
  }
  const all = Promise.all(Array.from({ length: 24 }, one))
  return {
    end: async () => {
      ending.abort()
      await all
    },
  }
}

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { it } from 'node:test'
import { freePort } from '@saucery/servers/process/ports'
import { anyPorts, claimPorts, portsFrom, serviceNames } from './service-ports.ts'

it('takes the usual ports, changed by the environment', () => {
  const ports = portsFrom({ PAYMENT_PORT: '9000', NATS_PORT: '4222', GATEWAY_PORT: '' })
  assert.deepEqual(ports, {
    order: 8084,
    payment: 9000,
    delivery: 8086,
    dashboard: 8087,
    gateway: 8088,
    'order-management': 8184,
    'payment-management': 9100,
    'delivery-management': 8186,
    'dashboard-management': 8187,
    'gateway-management': 8188,
    postgres: 0,
    nats: 4222,
    mongodb: 0,
  })
})

it('takes a management port 100 above the service’s, unless the environment names another', () => {
  const ports = portsFrom({ ORDER_MANAGEMENT_PORT: '9999', PAYMENT_PORT: '0' })
  assert.deepEqual([ports['order-management'], ports['payment-management']], [9999, 0])
  assert.throws(() => portsFrom({ ORDER_PORT: '65500' }), /ORDER_MANAGEMENT_PORT is not a port: 65600/)
})

it('refuses a value that is not a port', () => {
  for (const ORDER_PORT of ['web', '70000', '-1', '1.5']) {
    assert.throws(() => portsFrom({ ORDER_PORT }), /ORDER_PORT is not a port/)
  }
})

it('gives every service another free port for 0', async () => {
  const claimed = Object.values(await claimPorts(anyPorts))
  assert.equal(new Set(claimed).size, 2 * serviceNames.length)
  assert.ok(claimed.every((port) => port > 0))
})

for (const address of ['127.0.0.1', '0.0.0.0']) {
  it(`names the port that is taken on ${address}, the service that needs it, and what to do`, async () => {
    const other = createServer().listen(0, address)
    await once(other, 'listening')
    const bound = other.address()
    assert.ok(bound && typeof bound === 'object')
    const claim = claimPorts({ ...anyPorts, delivery: bound.port })
    await assert.rejects(claim, new RegExp(`${bound.port} is taken .* delivery needs it.*DELIVERY_PORT=`))
    other.close()
  })
}

it('refuses one port for two services', async () => {
  const port = await freePort()
  await assert.rejects(claimPorts({ ...anyPorts, order: port, nats: port }), /order and nats/)
})

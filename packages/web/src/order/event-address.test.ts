import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { curlCommand, eventAddress, natsCommand } from './event-address.ts'

const id = '01936f5e-8d2a-7c3b-9f10-2b6c7d8e9fa0'

describe('where an event is found', () => {
  it('has a link that survives any id', () => {
    assert.equal(eventAddress(id, 'a&b'), `#/orders/${id}?event=a%26b`)
  })

  it('has commands for a shell, which name no token', () => {
    assert.equal(natsCommand('ORDERS', 12), 'nats stream get ORDERS 12')
    assert.equal(curlCommand('http://h:1/#/x', id, false), `curl -s 'http://h:1/orderDashboards/${id}'`)
    assert.equal(
      curlCommand("http://h/it's/", id, true),
      `curl -s -H "Authorization: Bearer $TOKEN" 'http://h/it'\\''s/orderDashboards/${id}'`,
    )
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openClient } from '@saucery/client/client'
import { listen, orderView } from '../testing/orders.ts'
import { addressOfFound, findByText, idIn } from './find-order.ts'

const id = (n: number) => `01936f5e-8a3${n}-7c21-9d4e-5f6a7b8c9d0e`
const eventId = id(9)

describe('a pasted text', () => {
  it('has an id in it, whatever is around', () => {
    for (const text of [id(1), ` "${id(1).toUpperCase()}"\n`, `http://x/#/orders/${id(1)}?event=1`])
      assert.equal(idIn(text), id(1))
    assert.equal(idIn('…C9d0e'), 'c9d0e')
  })

  it('finds orders by their id, a part of it, or the id of one of their events', async () => {
    const orders = [1, 2].map((n) => orderView(id(n), 'PAID', ['OrderPlaced']))
    const [event] = orders[1]?.timeline ?? []
    Object.assign(event ?? {}, { id: eventId })
    const asked: string[] = []
    await using server = await listen(({ url = '' }, response) => {
      asked.push(url)
      const one = orders.find(({ orderId }) => url.endsWith(orderId))
      if (url.includes('?')) response.end(JSON.stringify({ items: orders }))
      else response.writeHead(one ? 200 : 404).end(JSON.stringify(one ?? {}))
    })
    const client = openClient({ url: server.url, retry: {} })
    const find = async (text: string) =>
      (await findByText(client, text, AbortSignal.timeout(5000))).map(addressOfFound)
    assert.deepEqual(await find(id(1)), [`#/orders/${id(1)}`])
    assert.equal(asked.length, 1)
    assert.deepEqual(await find('8a32'), [`#/orders/${id(2)}`])
    assert.deepEqual(await find(eventId), [`#/orders/${id(2)}?event=${eventId}`])
    assert.deepEqual(await find(id(8)), [])
    const before = asked.length
    assert.deepEqual(await find('8a'), [])
    assert.equal(asked.length, before)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choreography, publishers } from '@saucery/contracts/choreography'
import { eventHeaders } from '@saucery/contracts/documents/event-headers'
import { orderPaths } from '@saucery/contracts/order-paths'
import { historyText, kindOf, type StoredHistory, storedHistories } from './history.ts'
import { play, realDomains } from './play.ts'
import { kindsOn, missingHistories, slugOf } from './record.ts'

const texts = storedHistories()
const histories = new Map([...texts].map(([file, text]) => [file, JSON.parse(text) as StoredHistory]))

describe('the stored histories', () => {
  for (const [file, history] of histories)
    it(`give the stored result to the byte: ${file}`, () => {
      const now = historyText({ ...history, result: play(history) })
      assert.equal(
        now,
        texts.get(file),
        'after a change on purpose: pnpm --filter @saucery/system histories --results',
      )
    })

  it('have every path of an order with every published version of its events, and no other', () => {
    assert.deepEqual(
      [...missingHistories(histories).keys()],
      [],
      'run: pnpm --filter @saucery/system histories',
    )
    const recorded = (slug: string) =>
      [...histories].flatMap(([file, { messages }]) =>
        file.replace(/\.\d+\.json$/, '') === slug ? messages.map(kindOf) : [],
      )
    for (const path of orderPaths) assert.deepEqual(new Set(recorded(slugOf(path))), new Set(kindsOn(path)))
    const slugs = new Set([...histories.keys()].map((file) => file.replace(/\.\d+\.json$/, '')))
    assert.deepEqual(slugs, new Set(orderPaths.map(slugOf)))
  })

  it('have the headers of published messages', () => {
    for (const { messages } of histories.values())
      for (const { headers } of messages) assert.deepEqual(eventHeaders.strict().parse(headers), headers)
  })

  it('have in them whatever a service publishes in reaction', () => {
    for (const [file, { arrivals, result }] of histories) {
      for (const service of publishers) {
        const { steps = [] } = (result as ReturnType<typeof play>)[service] ?? {}
        assert.deepEqual(
          steps.map(({ event }) => event),
          arrivals[service] ?? [],
        )
        steps.forEach(({ event, publishes = [] }, i) => {
          const next = steps.slice(i + 1, i + 1 + publishes.length).map(({ event }) => event)
          assert.deepEqual(
            publishes.map(({ name }) => name),
            next,
            `${file}: ${service} on ${event}`,
          )
        })
      }
    }
  })
})

describe('a change of behaviour', () => {
  const changed = (change: Partial<typeof realDomains>) =>
    [...histories].filter(([, history]) => {
      const played = play(history, { ...realDomains, ...change })
      return JSON.stringify(played) !== JSON.stringify(history.result)
    }).length

  it('is seen: in what is published, and in a state', () => {
    const { delivery, order } = realDomains
    assert.equal(changed({}), 0)
    assert.ok(changed({ delivery: { ...delivery, react: () => [] } }) > 0)
    const evolve: typeof order.evolve = (state, event) =>
      event.name === 'PaymentRefunded' ? state : order.evolve(state, event)
    const refunded = orderPaths.filter((path) => path.includes('PaymentRefunded')).length
    assert.ok(changed({ order: { ...order, evolve } }) >= refunded)
  })

  it('of each service that is cut off is seen on every path on which it consumes', () => {
    const taken = [...histories.values()].flatMap(({ arrivals }) => Object.keys(arrivals))
    for (const service of publishers.filter((one) => taken.includes(one))) {
      const evolve: typeof realDomains.order.evolve = (state, event) =>
        event.stream === choreography[service].stream ? realDomains[service].evolve(state, event) : state
      assert.ok(changed({ [service]: { ...realDomains[service], evolve } }) >= 4, service)
    }
  })
})

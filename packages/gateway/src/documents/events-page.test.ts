import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { serviceContracts } from '@saucery/contracts/choreography'
import { orderPaths } from '@saucery/contracts/order-paths'
import { reference } from '../docs/reference.ts'
import { eventsPage, eventsPageFile } from './events-page.ts'

const page = eventsPage()
const articleOf = (event: string) =>
  new RegExp(`<article id="${event}".*?</article>`, 's').exec(page)?.[0] ?? assert.fail(event)

describe('the page of events', () => {
  it('is up to date', () => {
    assert.equal(readFileSync(eventsPageFile, 'utf8'), page, 'run: pnpm --filter @saucery/gateway documents')
  })

  it('has every event with its services, subject, versions, schemas and samples', () => {
    assert.equal(
      page.match(/<article /g)?.length,
      serviceContracts.flatMap(({ publishes }) => publishes).length,
    )
    for (const { service, publishes } of serviceContracts)
      for (const { event, subject, version } of publishes) {
        const consumers = serviceContracts.filter(({ consumes }) =>
          consumes.some((one) => one.event === event),
        )
        const article = articleOf(event)
        for (const text of [
          `<dt>Published by</dt><dd>${service}</dd>`,
          `<dt>Consumed by</dt><dd>${consumers.map(({ service }) => service).join(', ')}</dd>`,
          `<code>${subject}.{orderId}</code>`,
          ...Array.from({ length: version }, (_, i) => `aria-label="Sample of ${event} ${i + 1}"`),
          ...Array.from({ length: version }, (_, i) => `aria-label="Schema of ${event} ${i + 1}"`),
          `&quot;ce-type&quot;: &quot;${event}&quot;`,
        ])
          assert.ok(article.includes(text), `${event}: ${text}`)
      }
  })

  it('shows where an event stands in the saga: each path that it is on, and its neighbours there', () => {
    const article = articleOf('DeliveryStarted')
    const paths = orderPaths.filter((path) => path.includes('DeliveryStarted'))
    assert.equal(article.match(/<strong>DeliveryStarted<\/strong>/g)?.length, paths.length)
    const rowOf = (name: string) =>
      new RegExp(`<dt>${name}</dt><dd>(.*?)</dd>`).exec(article)?.[1]?.replace(/<[^>]*>/g, '')
    assert.equal(rowOf('Comes after'), 'PaymentApproved')
    assert.equal(rowOf('Comes before'), 'DeliveryCompleted, DeliveryFailed, OrderCancelled')
    assert.equal(rowOf('The order is then'), 'DELIVERING')
  })

  it('has links that lead to events of the page', () => {
    const targets = [...page.matchAll(/href="#(\w+)"/g)].map(([, id]) => id)
    assert.ok(targets.length > 50)
    for (const id of targets) assert.ok(page.includes(`id="${id}"`), id)
  })

  it('escapes whatever a contract or a sample contains', () => {
    const hostile = '<script>alert("&")</script>'
    const version = {
      version: 1,
      isCurrent: true,
      fields: [{ name: hostile, type: hostile, isRequired: true }],
      schema: { title: hostile },
      sample: { data: hostile },
    }
    const text = eventsPage([
      {
        name: hostile,
        subject: hostile,
        stream: hostile,
        publisher: hostile,
        consumers: [hostile],
        versions: [version],
      },
    ])
    assert.equal(text.match(/<script/g)?.length, 1, 'the script of the page alone')
    assert.ok(text.split('&lt;script&gt;').length > 12)
  })

  it('may load and call the gateway alone, and make no markup of what it gets', async () => {
    const { status, headers } = await reference().request('/events')
    assert.equal(status, 200)
    assert.match(String(headers.get('content-type')), /^text\/html/)
    const policy = String(headers.get('content-security-policy'))
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/)
    assert.match(policy, /require-trusted-types-for 'script'$/)
    assert.doesNotMatch(page, /\son\w+=|style=|https?:/)
  })
})

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { publishers } from '@saucery/contracts/choreography'
import { root } from '@saucery/servers/install/folders'
import { addEventCase } from './domain-cases.ts'
import {
  knownConsumer,
  knownEvent,
  knownPublisher,
  newEventName,
  removableService,
  verbOf,
} from './event-names.ts'
import { type NewEvent, planEvent } from './new-event.ts'
import { planVersion } from './new-version.ts'
import { describePlan } from './plan.ts'
import { servicePlaces } from './service-places.ts'
import { newServiceName, pluralOf, serviceOf } from './service-words.ts'
import { addImport, addLast } from './source-text.ts'
import { addTwin, removeTwin } from './twins.ts'

const delayed: NewEvent = { name: 'DeliveryDelayed', service: 'delivery', consumers: ['order', 'payment'] }
const folder = mkdtempSync(join(tmpdir(), 'scaffold-'))
after(() => rmSync(folder, { recursive: true }))

describe('a new event', () => {
  it('has a line in every table of events, and its case in each domain that has cases', () => {
    assert.deepEqual(describePlan(root, planEvent(root, delayed)).slice(0, 8), [
      'change  packages/contracts/src/delivery.ts',
      'create  packages/contracts/samples/DeliveryDelayed.1.json',
      'change  packages/contracts/src/choreography.ts',
      'change  packages/contracts/src/choreography.test.ts',
      'change  packages/system/src/histories/record.ts',
      'change  packages/web/src/flow/event-statuses.ts',
      'change  packages/delivery/src/domain.ts',
      'change  packages/payment/src/domain.ts',
    ])
  })

  it('is refused with what is known, when a name is not', () => {
    assert.throws(() => newEventName('deliveryDelayed'), /in the past tense/)
    assert.throws(() => newEventName('OrderPlaced'), /There is an event OrderPlaced already/)
    assert.throws(() => knownEvent('OrderLost'), /no event OrderLost\. The known ones: OrderPlaced, /)
    assert.throws(() => knownPublisher('dashboard'), new RegExp(`The known ones: ${publishers.join(', ')}$`))
    const others = publishers.filter((service) => service !== 'delivery')
    assert.throws(
      () => knownConsumer('delivery', 'delivery'),
      new RegExp(`The known ones: ${others.join(', ')}$`),
    )
  })

  it('has a subject without the name of its service', () => {
    assert.deepEqual(
      [verbOf('DeliveryDelayed', 'delivery'), verbOf('CancellationRefused', 'delivery')],
      ['delayed', 'cancellation-refused'],
    )
  })

  it('changes nothing where a file is not as expected, and names the file and the place', () => {
    const files = [...planEvent(root, delayed).files.keys()].filter((path) => !path.endsWith('.json'))
    for (const path of files) {
      mkdirSync(join(folder, dirname(path)), { recursive: true })
      cpSync(join(root, path), join(folder, path))
    }
    const colours = join(folder, 'packages/web/src/flow/event-statuses.ts')
    const text = readFileSync(colours, 'utf8')
    writeFileSync(colours, text.replace('eventStatuses', 'coloursOfEvents'))
    assert.throws(
      () => planEvent(folder, { ...delayed, consumers: ['payment'] }),
      /^Error: Nothing is changed: packages\/web\/src\/flow\/event-statuses\.ts should have eventStatuses$/,
    )
  })
})

describe('a new service', () => {
  const loyalty = serviceOf('loyalty', 'PointsEarned', ['DeliveryCompleted', 'OrderCancelled'], 8099)

  it('is named by its noun, and its state by its event', () => {
    const { many, stream, subject, status, consumedStreams } = loyalty
    assert.deepEqual(
      { many, stream, subject, status, consumedStreams },
      {
        many: 'loyalties',
        stream: 'LOYALTIES',
        subject: 'loyalties.points-earned',
        status: 'EARNED',
        consumedStreams: ['DELIVERIES', 'ORDERS'],
      },
    )
    assert.deepEqual(['gift', 'box', 'tray', 'supply'].map(pluralOf), ['gifts', 'boxes', 'trays', 'supplies'])
  })

  it('is refused under a name that a service or another part has', () => {
    for (const name of ['payments', 'orders', 'gateway', 'dashboard'])
      assert.throws(() => newServiceName(name), /is taken/)
    for (const name of ['Loyalty', 'my-loyalty', 'ab', '../etc'])
      assert.throws(() => newServiceName(name), /is no such name/)
  })

  it('is found again wherever it was put, also beside another one, and nothing else is taken out', () => {
    const gift = serviceOf('gift', 'GiftPacked', ['OrderPlaced'], 8098)
    for (const { path, places } of servicePlaces) {
      const text = readFileSync(join(root, path), 'utf8')
      for (const place of places) {
        const added = addTwin(text, place, loyalty)
        assert.ok(added.length > text.length, path)
        assert.equal(removeTwin(added, place, loyalty), text, `${path}: ${place.at.source}`)
        const both = addTwin(added, place, gift)
        assert.equal(removeTwin(both, place, loyalty), addTwin(text, place, gift), path)
      }
    }
  })

  it('is not written where delivery is not as expected', () => {
    assert.throws(() => addTwin('services: [order]', { at: /, delivery/ }, loyalty), /, delivery/)
  })

  it('is not removed while another service, or the way of an order, needs its events', () => {
    assert.throws(() => removableService('delivery'), /^Error: order consumes events of delivery/)
    assert.throws(() => removableService('dashboard'), /There is no service dashboard that publishes/)
  })
})

describe('a new version', () => {
  const declared = (event: string, version: number, family: string) =>
    planVersion(root, { event, version }).files.get(`packages/contracts/src/${family}.ts`) ?? ''

  it('keeps the schema before it under a name, and upcasts from it', () => {
    const text = declared('DeliveryFailed', 1, 'delivery')
    assert.match(
      text,
      /const deliveryFailedV1 = z\.object\(\{ orderId, reason: failReason \}\)\n\n\/\*\* The deliv/,
    )
    assert.match(
      text,
      /'deliveries\.failed', 2, \{\n {2}schema: deliveryFailedV1\.extend\(\{\}\),\n {2}example: /,
    )
    assert.match(text, /upcast: \(data: z\.infer<typeof deliveryFailedV1>\) => data/)
  })

  it('is the last of several', () => {
    const text = declared('OrderPlaced', 2, 'order')
    assert.match(text, /const orderPlacedV2 = placedV1\.extend/)
    assert.match(text, /schema: placedV1, [^}]*\}[^[]*\{ schema: orderPlacedV2, /)
  })

  it('has an example and a sample of its own where the event has nothing but its order', () => {
    const { files } = planVersion(root, { event: 'DeliveryCompleted', version: 1 })
    assert.match(files.get('packages/contracts/src/delivery.ts') ?? '', /example: onlyOrderId\.example/)
    const sample = JSON.parse(files.get('packages/contracts/samples/DeliveryCompleted.2.json') ?? '')
    assert.equal(sample.headers['ce-dataschema'], 'urn:event:DeliveryCompleted:2')
    assert.match(sample.headers['ce-id'], /^019cae50-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('the text of a source', () => {
  it('gets an item before the bracket that closes a list, whatever brackets its texts and comments have', () => {
    const list = "const a = [\n  f('it’s ] here'), // ] don't\n  [1],\n]\nconst b = [2]"
    assert.equal(
      addLast(list, 'const a = [', '3').replace(/\s+/g, ' '),
      "const a = [ f('it’s ] here'), // ] don't [1], 3, ] const b = [2]",
    )
  })

  it('imports a name once', () => {
    const text = "import { a } from './a.ts'\n"
    assert.equal(addImport(text, 'a', './a.ts'), text)
    assert.equal(addImport(text, 'b', './a.ts'), "import { a, b } from './a.ts'\n")
    assert.throws(() => addImport(text, 'b', './b.ts'), /import \{ … \} from '\.\/b\.ts'/)
  })

  it('gets a case in a switch whose last case ends in another way', () => {
    const domain = `export function react(s: S, event: E) {
  switch (event.name) {
    case 'A':
      return s ? [] : [B()]
  }
}
export function evolve(s: S, event: E) {
  switch (event.name) {
    case 'A':
      return s
  }
}
`
    const wanted = domain
      .replace('[B()]\n', "[B()]\n    case 'C':\n      return []\n")
      .replace("'A':\n      return s\n", "'A':\n    case 'C':\n      return s\n")
    assert.equal(addEventCase(domain, 'C', true), wanted)
  })
})

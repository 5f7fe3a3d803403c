import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { asyncApiDocument } from '../documents/asyncapi.ts'
import { OrderPlaced } from '../order.ts'
import { contractAdditions, contractBreaks } from './contract-breaks.ts'
import { readContracts } from './published-contracts.ts'
import {
  type ContractShapes,
  contractShapes,
  contractsOf,
  type ObjectShape,
  objectShapes,
} from './testing/arbitrary-contracts.ts'
import { additionsTo, breakingEditsOf } from './testing/edits.ts'

const breaksBetween = (released: ContractShapes, current: ContractShapes) =>
  contractBreaks(contractsOf(released), contractsOf(current))

// biome-ignore lint/suspicious/noExplicitAny: the edits go against the document's type
const afterEdit = (edit: (document: any) => void) => {
  const document = JSON.parse(JSON.stringify(asyncApiDocument()))
  const released = readContracts(structuredClone(document))
  edit(document)
  return contractBreaks(released, readContracts(document)).map(
    ({ event, version, field, change, remedy }) => `${event} ${version ?? ''}: ${field} ${change}. ${remedy}`,
  )
}

/** One of the events, and one of its versions. */
const place = contractShapes.chain((released) =>
  fc
    .constantFrom(...Object.entries(released).flatMap(([event, all]) => all.map((_, i) => ({ event, i }))))
    .map(({ event, i }) => ({ released, event, version: i + 1, shape: released[event]?.[i] as ObjectShape })),
)

const withVersion = (
  released: ContractShapes,
  event: string,
  version: number,
  shape: ObjectShape,
): ContractShapes => ({
  ...released,
  [event]: (released[event] ?? []).with(version - 1, shape),
})

describe('any contracts', () => {
  it('are compatible with themselves', () => {
    fc.assert(
      fc.property(contractShapes, (shapes) => assert.deepEqual(breaksBetween(shapes, shapes), [])),
      { numRuns: 30 },
    )
  })

  it('stay compatible with optional fields, events and versions beside theirs', () => {
    const added = place.chain(({ released, event, version, shape }) =>
      fc.record({
        released: fc.constant(released),
        event: fc.constant(event),
        version: fc.constant(version),
        edit: fc.constantFrom(...additionsTo(shape)),
        next: objectShapes,
      }),
    )
    fc.assert(
      fc.property(added, ({ released, event, version, edit, next }) => {
        const edited = withVersion(released, event, version, edit.to)
        const current = { ...edited, [event]: [...(edited[event] ?? []), next], SauceBottled: [next] }
        assert.deepEqual(breaksBetween(released, current), [])
        assert.deepEqual(
          new Set(contractAdditions(contractsOf(released), contractsOf(current))),
          new Set([`${event} ${(released[event]?.length ?? 0) + 1}`, 'SauceBottled']),
        )
      }),
      { numRuns: 50 },
    )
  })

  it('break by any other change of a version, which is named with its event, its field and a remedy', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(place, ({ released, event, version, shape }) => {
        const before = contractsOf(released)
        for (const { what, field, to } of breakingEditsOf(shape)) {
          seen.add(what)
          const found = contractBreaks(before, contractsOf(withVersion(released, event, version, to)))
          assert.deepEqual(
            found.map(({ event, version, field }) => ({ event, version, field })),
            [{ event, version, field: `field ${field}` }],
            what,
          )
          const next = (released[event]?.length ?? 0) + 1
          assert.match(found[0]?.remedy ?? '', new RegExp(`into version ${next}: .* \`upcast\``))
        }
      }),
      { numRuns: 20 },
    )
    assert.equal(seen.size, 9, [...seen].join(', '))
  })

  it('break when an event or a version is removed', () => {
    fc.assert(
      fc.property(place, ({ released, event }) => {
        const { [event]: versions = [], ...others } = released
        assert.deepEqual(
          breaksBetween(released, others).map(({ event, change }) => `${event} ${change}`),
          [`${event} was removed`],
        )
        if (versions.length < 2) return
        assert.deepEqual(
          breaksBetween(released, { ...others, [event]: versions.slice(0, -1) }).map(
            ({ event, version, change }) => `${event} ${version} ${change}`,
          ),
          [`${event} ${versions.length} was removed`],
        )
      }),
    )
  })
})

describe('the contracts of this system', () => {
  it('do not break those of the last release', () => {
    const last = readFileSync(new URL('../../releases/last.json', import.meta.url), 'utf8')
    const current = readContracts(JSON.parse(JSON.stringify(asyncApiDocument())))
    assert.deepEqual(contractBreaks(readContracts(JSON.parse(last)), current), [])
  })

  it('break when a subject, a stream or a publisher changes', () => {
    const found = afterEdit(({ channels, operations }) => {
      channels.OrderPlaced.address = 'orders.created.{orderId}'
      channels.OrderPlaced['x-stream'] = 'SALES'
      delete operations['order.sends.OrderPlaced']
      operations['payment.sends.OrderPlaced'] = { action: 'send' }
    })
    assert.deepEqual(
      found.map((line) => line.split('. ')[0]),
      [
        'OrderPlaced : subject was orders.placed.{orderId}, and is orders.created.{orderId}',
        'OrderPlaced : stream was ORDERS, and is SALES',
        'OrderPlaced : publisher was order, and is payment',
      ],
    )
    for (const line of found) assert.match(line, /Publish a new event beside it/)
  })

  it('break when a published version is edited in place, and the remedy names the next one', () => {
    const [found = ''] = afterEdit(({ channels }) => {
      channels.OrderPlaced.messages['OrderPlaced.1'].payload.properties.qty.maximum = 100
    })
    const next = OrderPlaced.version + 1
    assert.equal(
      found,
      `OrderPlaced 1: field qty had maximum 1000000, and has 100. Restore version 1. Put the change into version ${next}: ` +
        `the schema before it goes into \`earlier\` with an \`upcast\`, and samples/OrderPlaced.${next}.json shows the new one.`,
    )
  })

  it('break when a header is required that messages do not have, and not when an optional one is added', () => {
    const found = afterEdit(({ components: { schemas } }) => {
      schemas.headers.properties['ce-sequence'] = { type: 'string' }
      schemas.headers.required.push('ce-actor')
    })
    assert.equal(found.length, 1)
    assert.match(found[0] ?? '', /^every event : header ce-actor was optional, and is required/)
  })
})

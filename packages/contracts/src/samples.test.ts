import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { serviceContracts } from './choreography.ts'
import type { EventDefinition } from './define.ts'
import { dataSchemaOf, eventHeaders } from './documents/event-headers.ts'

interface Sample {
  readonly subject: string
  readonly headers: Record<string, string>
  readonly data: { orderId: string }
}

const directory = new URL('../samples/', import.meta.url)
const readSample = (file: string): Sample => JSON.parse(readFileSync(new URL(file, directory), 'utf8'))

const published = serviceContracts.flatMap(({ service, publishes }) =>
  publishes.flatMap((event) => versionsOf(service, event)),
)

function versionsOf(service: string, event: EventDefinition) {
  return Array.from({ length: event.version }, (_, index) => {
    const version = index + 1
    return { service, event, version, file: `${event.event}.${version}.json` }
  })
}

describe('the stored samples', () => {
  it('are one for each published version, and no others', () => {
    assert.deepEqual(new Set(readdirSync(directory)), new Set(published.map(({ file }) => file)))
  })
})

for (const { service, event, version, file } of published) {
  describe(file, () => {
    const sample = readSample(file)

    it('is still read', () => {
      assert.equal(event.read(version, sample.data, sample.data.orderId).orderId, sample.data.orderId)
    })

    it('has the subject of its event', () => {
      assert.equal(sample.subject, `${event.subject}.${sample.data.orderId}`)
    })

    it('has the headers of its version', () => {
      assert.deepEqual(eventHeaders.strict().parse(sample.headers), sample.headers)
      assert.equal(sample.headers['ce-type'], event.event)
      assert.equal(sample.headers['ce-source'], `/${service}`)
      assert.equal(sample.headers['ce-dataschema'], dataSchemaOf(event.event, version))
      assert.equal(sample.headers['ce-id'], sample.headers['Nats-Msg-Id'])
    })

    it('is read without loss, if its version is the current one', () => {
      if (version === event.version)
        assert.deepEqual(event.read(version, sample.data, sample.data.orderId), sample.data)
    })
  })
}

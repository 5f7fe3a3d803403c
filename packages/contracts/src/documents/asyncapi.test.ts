import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { DiagnosticSeverity, Parser } from '@asyncapi/parser'
import { serviceContracts } from '../choreography.ts'
import { asyncApiDocument } from './asyncapi.ts'
import { eventHeaders, exampleHeaders } from './event-headers.ts'
import { contractDocuments, contractDocumentsDirectory } from './files.ts'

async function errorsOf(document: object) {
  const diagnostics = await new Parser().validate(JSON.stringify(document))
  return diagnostics.filter(({ severity }) => severity === DiagnosticSeverity.Error)
}

type Document = ReturnType<typeof asyncApiDocument>

// biome-ignore lint/suspicious/noExplicitAny: the breaks go against the document's type
async function errorsAfter(breakIt: (document: any) => void) {
  const document: Document = structuredClone(asyncApiDocument())
  breakIt(document)
  return await errorsOf(document)
}

describe('the generated files', () => {
  for (const [name, content] of Object.entries(contractDocuments())) {
    it(`are up to date: ${name}`, () => {
      const kept = readFileSync(new URL(name, contractDocumentsDirectory), 'utf8')
      assert.equal(kept, content, 'run: pnpm --filter @saucery/contracts documents')
    })
  }

  it('are these and no others', () => {
    assert.deepEqual(
      new Set(readdirSync(contractDocumentsDirectory)),
      new Set(Object.keys(contractDocuments())),
    )
  })
})

describe('the AsyncAPI document', () => {
  it('is valid', async () => {
    assert.deepEqual(await errorsOf(asyncApiDocument()), [])
  })

  it('has a channel for every event, and an operation for each service that publishes or consumes it', () => {
    const { channels, operations } = asyncApiDocument()
    const published = serviceContracts.flatMap(({ publishes }) => publishes)
    const wanted = serviceContracts.flatMap(({ service, publishes, consumes }) => [
      ...publishes.map(({ event }) => `${service}.sends.${event}`),
      ...consumes.map(({ event }) => `${service}.receives.${event}`),
    ])
    assert.deepEqual(
      Object.keys(channels),
      published.map(({ event }) => event),
    )
    assert.deepEqual(Object.keys(operations), wanted)
  })

  // The parser checks examples for AsyncAPI 2 only; the payloads' are checked by define.test.
  it('shows valid example headers', () => {
    for (const { service, publishes } of serviceContracts) {
      for (const { event, version } of publishes) {
        const headers = exampleHeaders(service, event, version)
        assert.deepEqual(eventHeaders.strict().parse(headers), headers)
      }
    }
  })

  it('forbids no unknown fields, which consumers tolerate', () => {
    assert.ok(!JSON.stringify(asyncApiDocument()).includes('additionalProperties'))
  })
})

describe('the validation', () => {
  it('finds an operation on a missing channel', async () => {
    const errors = await errorsAfter(({ channels }) => delete channels.OrderPlaced)
    assert.notEqual(errors.length, 0)
  })

  it('finds an unknown action', async () => {
    const errors = await errorsAfter(({ operations }) => {
      operations['order.sends.OrderPlaced'].action = 'shout'
    })
    assert.notEqual(errors.length, 0)
  })

  it('finds a payload that is no schema', async () => {
    const errors = await errorsAfter(({ channels }) => {
      channels.OrderPlaced.messages['OrderPlaced.1'].payload.type = 'sauce'
    })
    assert.notEqual(errors.length, 0)
  })
})

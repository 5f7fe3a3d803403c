import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lintOpenApi } from './lint.ts'
import { openApiDocument } from './openapi.ts'

// biome-ignore lint/suspicious/noExplicitAny: each case breaks the document somewhere else.
type Document = any

async function rulesBroken(breakIt: (document: Document) => void): Promise<string[]> {
  const document = structuredClone(openApiDocument())
  breakIt(document)
  return (await lintOpenApi(JSON.stringify(document))).map((line) => line.split(' ')[0] as string)
}

describe('the linter of the OpenAPI document', () => {
  for (const [rule, breakIt] of [
    ['operation-operationId-unique', ({ paths }) => (paths['/me'].get.operationId = 'listOrders')],
    ['operation-4xx-response', ({ paths }) => (paths['/me'].get.responses = { 200: { description: '' } })],
    ['path-parameters-defined', ({ paths }) => (paths['/orders/{id}'].get.parameters = [])],
    ['no-unresolved-refs', ({ components }) => delete components.schemas.Order],
    ['no-unused-components', ({ components }) => (components.schemas.Spare = { type: 'string' })],
    ['security-defined', (document) => delete document.security],
  ] as [string, (document: Document) => void][])
    it(`finds a break of ${rule}`, async () => {
      assert.ok((await rulesBroken(breakIt)).includes(rule))
    })
})

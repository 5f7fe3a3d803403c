import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { firstKnown } from './language.ts'

describe('the language of the page', () => {
  it('is the first one that the browser wants and the page has', () => {
    assert.equal(firstKnown(['fr-FR', 'ko-KR', 'en-US']), 'ko')
    assert.equal(firstKnown(['en-GB', 'ko']), 'en')
  })

  it('is English where the page has none of them', () => {
    assert.equal(firstKnown(['fr', 'constructor', '']), 'en')
    assert.equal(firstKnown([]), 'en')
  })
})

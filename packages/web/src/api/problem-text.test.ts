import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CallRefused, Unreachable } from '@saucery/client/errors'
import { problemText } from './problem-text.ts'

const refused = (code: string) =>
  new CallRefused({ status: 409, statusText: 'Conflict', headers: new Headers() }, { code, title: 'As told' })

describe('the text of an error', () => {
  it("is the page's own where there is no readable answer", () => {
    assert.equal(problemText(new Unreachable(new TypeError('fetch failed'))), 'Cannot reach the server')
    assert.equal(problemText(new Unreachable(new SyntaxError('no JSON'))), 'The answer cannot be read')
  })

  it("is the service's where the page has none for its code", () => {
    assert.equal(problemText(refused('order-already-final')), 'As told')
    assert.equal(problemText(refused('constructor')), 'As told')
  })

  it('is the message of any other error', () => assert.equal(problemText(new Error('Odd')), 'Odd'))
})

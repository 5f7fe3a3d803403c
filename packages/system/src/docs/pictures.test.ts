import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { picturePages, withPictures } from './pictures.ts'

for (const name of picturePages)
  it(`${name} has its pictures as the code has them now (else: npx pnpm@12 pictures)`, () => {
    const page = readFileSync(join(root, name), 'utf8')
    assert.ok(page.includes('<!-- picture: choreography -->'), 'no picture')
    assert.equal(page, withPictures(page))
  })

it('draws the way of an order from placed to its ends', () => {
  const drawn = withPictures('<!-- picture: statuses -->\n\n```mermaid\n```\n')
  for (const line of [
    'PLACED --> PAID: PaymentApproved',
    'PLACED --> REJECTED: PaymentDeclined',
    'PAID --> DELIVERING: DeliveryStarted',
    'DELIVERING --> DELIVERED: DeliveryCompleted',
    'DELIVERING --> REFUNDING: DeliveryFailed',
    'REFUNDING --> FAILED: PaymentRefunded',
    'DELIVERED --> [*]',
  ])
    assert.ok(drawn.includes(`  ${line}\n`), line)
  assert.doesNotMatch(drawn, /\b(?:DELIVERED|REJECTED) --> [A-Z]/)
})

it('knows no other pictures', () => {
  assert.throws(() => withPictures('<!-- picture: moon -->\n\n```mermaid\n```\n'), /no such picture: moon/)
})

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { loadOrCreateSecrets } from './secrets.ts'

it('makes a password once, adds new names, and lets only its owner read them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'))
  try {
    const first = loadOrCreateSecrets(folder, ['order', 'payment'])
    assert.notEqual(first.order, first.payment)
    const second = loadOrCreateSecrets(folder, ['order', 'delivery'])
    assert.equal(second.order, first.order)
    assert.ok(second.delivery.length >= 32)
    assert.equal(loadOrCreateSecrets(folder, ['payment']).payment, first.payment)
    assert.equal(statSync(join(folder, 'secrets.json')).mode & 0o777, 0o600)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isAtLeast, versionIn } from './programs.ts'

describe('versions', () => {
  it('reads what each server prints about itself', () => {
    assert.equal(versionIn('postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)'), '15.18')
    assert.equal(versionIn('nats-server: v2.10.26'), '2.10.26')
    assert.equal(versionIn('db version v8.2.6\nBuild Info: { "version": "8.2.6" }'), '8.2.6')
    assert.equal(versionIn('no such thing'), undefined)
  })

  it('compares number by number', () => {
    assert.ok(isAtLeast('2.10.26', '2.10'))
    assert.ok(!isAtLeast('2.9.25', '2.10'))
    assert.ok(isAtLeast('18.4', '15'))
    assert.ok(!isAtLeast('14.20', '15'))
    assert.ok(!isAtLeast('6', '6.1'))
  })
})

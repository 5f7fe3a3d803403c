import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { natsConfig } from './config.ts'

const config = { port: 4222, monitorPort: 8222, storeDir: '/data/jetstream', users: [] }

describe('natsConfig', () => {
  it('listens on this machine only and syncs ten times a second', () => {
    const text = natsConfig(config)
    assert.match(text, /^listen: "127\.0\.0\.1:4222"$/m)
    assert.match(text, /^http: "127\.0\.0\.1:8222"$/m)
    assert.match(text, /^ {2}sync_interval: "100ms"$/m)
    assert.doesNotMatch(text, /authorization/)
  })

  it('allows each user its own subjects', () => {
    const permissions = { publish: ['orders.>', '$JS.API.INFO'], subscribe: ['_INBOX.>'] }
    const text = natsConfig({ ...config, users: [{ user: 'order', password: 'secret', permissions }] })
    assert.match(text, /publish: \{ allow: \["orders\.>", "\$JS\.API\.INFO"\] \}/)
    assert.match(text, /subscribe: \{ allow: \["_INBOX\.>"\] \}/)
  })

  it('denies everything to a user with an empty list', () => {
    const permissions = { publish: [], subscribe: [] }
    const text = natsConfig({ ...config, users: [{ user: 'mute', password: 'secret', permissions }] })
    assert.match(text, /publish: \{ deny: \[">"\] \}/)
  })

  it('keeps text within its own quotes, and refuses what cannot be quoted', () => {
    assert.match(natsConfig({ ...config, storeDir: '/a"b\\c' }), /store_dir: "\/a\\"b\\\\c"$/m)
    assert.throws(() => natsConfig({ ...config, storeDir: '/a\nb' }), /cannot be written/)
  })
})

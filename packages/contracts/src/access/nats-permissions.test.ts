import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parties } from '../parties.ts'
import { durableOf, projectionVersion } from '../projection-durables.ts'
import { operatorPermissions, permissionsOf, provisionerPermissions } from './nats-permissions.ts'

/** Whether a subject lies within a pattern, as NATS decides it. */
function matches(pattern: string, subject: string): boolean {
  const tokens = subject.split('.')
  const wanted = pattern.split('.')
  if (wanted.at(-1) === '>') {
    if (tokens.length < wanted.length) return false
    wanted.pop()
  } else if (tokens.length !== wanted.length) return false
  return wanted.every((token, index) => token === '*' || token === tokens[index])
}

const allows = (patterns: string[], subject: string) => patterns.some((pattern) => matches(pattern, subject))

const streamNames = ['ORDERS', 'PAYMENTS', 'DELIVERIES', 'DEAD_LETTERS']
const others = (service: string) => parties.filter((party) => party.service !== service)

for (const { service, stream, publishes, consumes } of parties) {
  const { publish, subscribe } = permissionsOf(service)
  const listensTo = new Set(consumes.map((event) => event.stream))

  describe(`the user of ${service}`, () => {
    it('publishes what it says', () => {
      for (const event of publishes) assert.ok(allows(publish, event(event.example).subject))
    })

    it('publishes nothing in another’s name', () => {
      for (const event of others(service).flatMap((party) => party.publishes))
        assert.ok(!allows(publish, event(event.example).subject), event.event)
    })

    it('writes dead letters of its own only', () => {
      assert.ok(allows(publish, `dead-letters.${service}.orders.placed.1`))
      for (const other of others(service))
        assert.ok(!allows(publish, `dead-letters.${other.service}.orders.placed.1`))
    })

    it(`looks up messages of ${service === 'dashboard' ? 'the streams that it listens to' : 'its own stream'} and the dead letters alone, and not by a consumer`, () => {
      for (const name of streamNames) {
        const isHeard = service === 'dashboard' && listensTo.has(name)
        const isOpen = isHeard || name === stream || name === 'DEAD_LETTERS'
        assert.equal(allows(publish, `$JS.API.DIRECT.GET.${name}`), isOpen, name)
        for (const subject of [
          `$JS.API.DIRECT.GET.${name}.orders.placed.1`,
          `$JS.API.DIRECT.GET.${name}.dead-letters.order.orders.placed.1`,
          `$JS.API.STREAM.MSG.GET.${name}`,
          `$JS.API.CONSUMER.CREATE.${name}`,
          `$JS.API.CONSUMER.CREATE.DEAD_LETTERS.${service}.dead-letters.>`,
        ])
          assert.ok(!allows(publish, subject), subject)
      }
    })

    it('uses its own consumers, on the streams that it listens to', () => {
      for (const name of streamNames) {
        for (const use of usesOf(name, service)) assert.equal(allows(publish, use), listensTo.has(name), use)
      }
    })

    it('touches no consumer of another', () => {
      for (const name of streamNames) {
        for (const other of others(service)) {
          for (const use of usesOf(name, other.service)) assert.ok(!allows(publish, use), use)
        }
      }
    })

    it('acknowledges nothing of another by spelling its own consumer within the ack', () => {
      for (const own of listensTo) {
        assert.ok(!allows(publish, `$JS.ACK.ORDERS.someone.${own}.${service}.1.2.3`))
      }
    })

    it('makes its own stream and the dead letters, and no other', () => {
      for (const name of streamNames)
        assert.equal(
          allows(publish, `$JS.API.STREAM.CREATE.${name}`),
          name === stream || name === 'DEAD_LETTERS',
          name,
        )
    })

    const removes = service === 'dashboard' ? 'but consumers of its own' : 'not even its consumers'
    it(`changes and destroys nothing, ${removes}`, () => {
      for (const name of streamNames) {
        for (const subject of destructionsOf(name, service)) {
          const own = service === 'dashboard' && listensTo.has(name) && subject.includes('.CONSUMER.DELETE.')
          assert.equal(allows(publish, subject), own, subject)
        }
        assert.ok(!allows(publish, `$JS.API.STREAM.UPDATE.${name}`), name)
      }
    })

    const overheard = service === 'order' ? ['payments.*.*'] : []
    it(`hears its own answers only, ${overheard.length ? 'and payments' : 'never the events themselves'}`, () => {
      assert.deepEqual(subscribe, [`_INBOX_${service}.>`, ...overheard])
    })
  })
}

describe('the projections of the dashboard', () => {
  const { publish } = permissionsOf('dashboard')

  it('are filled and removed before, during and after the deploy of the next version', () => {
    for (const version of [projectionVersion - 1, projectionVersion, projectionVersion + 1].filter(Boolean))
      for (const name of ['ORDERS', 'PAYMENTS', 'DELIVERIES']) {
        for (const use of usesOf(name, durableOf(version))) assert.ok(allows(publish, use), use)
        assert.ok(allows(publish, `$JS.API.CONSUMER.DELETE.${name}.${durableOf(version)}`), name)
      }
  })

  it('are nobody else’s', () => {
    for (const other of others('dashboard'))
      for (const use of usesOf('ORDERS', durableOf(projectionVersion + 1)))
        assert.ok(!allows(permissionsOf(other.service).publish, use), use)
  })
})

describe('the provisioner', () => {
  const { publish, subscribe } = provisionerPermissions

  it('makes and changes every stream', () => {
    for (const name of streamNames) {
      for (const verb of ['CREATE', 'UPDATE', 'INFO'])
        assert.ok(allows(publish, `$JS.API.STREAM.${verb}.${name}`), `${verb} ${name}`)
    }
  })

  it('makes no stream besides', () => {
    assert.ok(!allows(publish, '$JS.API.STREAM.CREATE.OTHER'))
  })

  it('destroys nothing, reads no message and uses no consumer', () => {
    for (const name of streamNames) {
      const forbidden = [
        ...destructionsOf(name, 'order'),
        ...usesOf(name, 'order'),
        `$JS.API.STREAM.MSG.GET.${name}`,
        `$JS.API.DIRECT.GET.${name}`,
      ]
      for (const subject of forbidden) assert.ok(!allows(publish, subject), subject)
    }
  })

  it('says nothing', () => {
    for (const event of parties.flatMap((party) => party.publishes))
      assert.ok(!allows(publish, event(event.example).subject), event.event)
    assert.ok(!allows(publish, 'dead-letters.order.orders.placed.1'))
  })

  it('hears its own answers only', () => {
    assert.deepEqual(subscribe, ['_INBOX_provisioner.>'])
  })
})

describe('the operator', () => {
  const { publish, subscribe } = operatorPermissions

  it('reads every stream, by message and by consumers of its own', () => {
    for (const name of streamNames) {
      const reading = [
        `$JS.API.STREAM.INFO.${name}`,
        `$JS.API.STREAM.MSG.GET.${name}`,
        `$JS.API.DIRECT.GET.${name}.7`,
        `$JS.API.CONSUMER.CREATE.${name}.k7XyZ.orders.*.1`,
        `$JS.API.CONSUMER.MSG.NEXT.${name}.k7XyZ`,
        `$JS.API.CONSUMER.DELETE.${name}.k7XyZ`,
      ]
      for (const subject of reading) assert.ok(allows(publish, subject), subject)
    }
  })

  it('deletes the consumers of every service', () => {
    for (const { service } of parties)
      for (const name of streamNames)
        assert.ok(allows(publish, `$JS.API.CONSUMER.DELETE.${name}.${service}`), `${name} ${service}`)
  })

  it('says again what any service said, and writes no dead letter', () => {
    for (const event of parties.flatMap((party) => party.publishes))
      assert.ok(allows(publish, event(event.example).subject), event.event)
    assert.ok(!allows(publish, 'dead-letters.order.orders.placed.1'))
  })

  it('changes and destroys no stream, and acknowledges nothing of a service', () => {
    for (const name of streamNames) {
      const destroyed = destructionsOf(name, 'order').filter((subject) => !subject.includes('.CONSUMER.'))
      const acks = usesOf(name, 'order').filter((subject) => subject.startsWith('$JS.ACK'))
      const changes = ['CREATE', 'UPDATE'].map((verb) => `$JS.API.STREAM.${verb}.${name}`)
      for (const subject of [...destroyed, ...acks, ...changes]) assert.ok(!allows(publish, subject), subject)
    }
  })

  it('hears its own answers only', () => {
    assert.deepEqual(subscribe, ['_INBOX_operator.>'])
  })
})

function usesOf(stream: string, consumer: string): string[] {
  return [
    `$JS.API.CONSUMER.CREATE.${stream}.${consumer}`,
    `$JS.API.CONSUMER.CREATE.${stream}.${consumer}.orders.placed.*`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${consumer}`,
    `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
    `$JS.ACK.${stream}.${consumer}.1.22.33.1700000000000000000.4`,
    `$JS.ACK._.hsh4Ksh7.${stream}.${consumer}.1.22.33.1700000000000000000.4`,
    `$JS.ACK.hub.hsh4Ksh7.${stream}.${consumer}.1.22.33.1700000000000000000.4.r4nd0m`,
  ]
}

function destructionsOf(stream: string, consumer: string): string[] {
  return [
    `$JS.API.STREAM.DELETE.${stream}`,
    `$JS.API.STREAM.PURGE.${stream}`,
    `$JS.API.STREAM.MSG.DELETE.${stream}`,
    `$JS.API.STREAM.RESTORE.${stream}`,
    `$JS.API.STREAM.SNAPSHOT.${stream}`,
    `$JS.API.CONSUMER.DELETE.${stream}.${consumer}`,
  ]
}

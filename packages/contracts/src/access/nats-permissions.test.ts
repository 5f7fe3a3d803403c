import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serviceContracts } from '../choreography.ts'
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
const others = (service: string) => serviceContracts.filter((contract) => contract.service !== service)

for (const { service, stream, publishes, consumes } of serviceContracts) {
  const { publish, subscribe } = permissionsOf(service)
  const consumed = new Set(consumes.map((event) => event.stream))

  describe(`the user of ${service}`, () => {
    it('publishes its own events', () => {
      for (const event of publishes) assert.ok(allows(publish, event(event.example).subject))
    })

    it('publishes no event of another service', () => {
      for (const event of others(service).flatMap((contract) => contract.publishes))
        assert.ok(!allows(publish, event(event.example).subject), event.event)
    })

    it('writes only its own dead letters', () => {
      assert.ok(allows(publish, `dead-letters.${service}.orders.placed.1`))
      for (const other of others(service))
        assert.ok(!allows(publish, `dead-letters.${other.service}.orders.placed.1`))
    })

    it('tells of its own dead letters alone', () => {
      assert.ok(allows(publish, `operations.${service}.dead-letters`))
      for (const other of others(service))
        assert.ok(!allows(publish, `operations.${other.service}.dead-letters`))
    })

    it('looks up messages of its own stream, those it consumes and the dead letters alone, without a consumer', () => {
      for (const name of streamNames) {
        const isOwn = name === stream || name === 'DEAD_LETTERS'
        const isConsumed = consumed.has(name)
        assert.equal(allows(publish, `$JS.API.STREAM.MSG.GET.${name}`), isOwn || isConsumed, name)
        assert.equal(allows(publish, `$JS.API.STREAM.INFO.${name}`), isOwn || isConsumed, name)
        const isDirect = isOwn || (service === 'dashboard' && isConsumed)
        assert.equal(allows(publish, `$JS.API.DIRECT.GET.${name}`), isDirect, name)
        for (const subject of [
          `$JS.API.DIRECT.GET.${name}.orders.placed.1`,
          `$JS.API.DIRECT.GET.${name}.dead-letters.order.orders.placed.1`,
          `$JS.API.CONSUMER.CREATE.${name}`,
          `$JS.API.CONSUMER.CREATE.DEAD_LETTERS.${service}.dead-letters.>`,
        ])
          assert.ok(!allows(publish, subject), subject)
      }
    })

    it('uses its own consumers, on the streams it consumes', () => {
      for (const name of streamNames) {
        for (const use of usesOf(name, service)) assert.equal(allows(publish, use), consumed.has(name), use)
      }
    })

    const sees = service === 'dashboard' ? ', but sees their lag' : ''
    it(`uses no consumer of another service${sees}`, () => {
      for (const name of streamNames) {
        for (const other of others(service)) {
          const [see, ...uses] = usesOf(name, other.service)
          for (const use of uses) assert.ok(!allows(publish, use), use)
          const isSeen = service === 'dashboard' && other.consumes.some((event) => event.stream === name)
          assert.equal(allows(publish, String(see)), isSeen, see)
        }
      }
    })

    it('cannot acknowledge for another service by naming its own consumer inside the ack subject', () => {
      for (const own of consumed) {
        assert.ok(!allows(publish, `$JS.ACK.ORDERS.someone.${own}.${service}.1.2.3`))
      }
    })

    it('creates its own stream and the dead letters, and no other', () => {
      for (const name of streamNames)
        assert.equal(
          allows(publish, `$JS.API.STREAM.CREATE.${name}`),
          name === stream || name === 'DEAD_LETTERS',
          name,
        )
    })

    const removes = service === 'dashboard' ? 'but consumers of its own' : 'not even its consumers'
    it(`changes and deletes nothing, ${removes}`, () => {
      for (const name of streamNames) {
        for (const subject of deletionsOf(name, service)) {
          const own = service === 'dashboard' && consumed.has(name) && subject.includes('.CONSUMER.DELETE.')
          assert.equal(allows(publish, subject), own, subject)
        }
        assert.ok(!allows(publish, `$JS.API.STREAM.UPDATE.${name}`), name)
      }
    })

    const further = { order: ['payments.*.*'], dashboard: ['operations.*.dead-letters'] }
    const subscribed = further[service as keyof typeof further] ?? []
    it(`subscribes to its own inbox ${['only', ...subscribed].at(-1)}`, () => {
      assert.deepEqual(subscribe, [`_INBOX_${service}.>`, ...subscribed])
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

  it('are used by no other service', () => {
    for (const other of others('dashboard'))
      for (const use of usesOf('ORDERS', durableOf(projectionVersion + 1)))
        assert.ok(!allows(permissionsOf(other.service).publish, use), use)
  })
})

describe('the provisioner', () => {
  const { publish, subscribe } = provisionerPermissions

  it('creates and changes every stream', () => {
    for (const name of streamNames) {
      for (const verb of ['CREATE', 'UPDATE', 'INFO'])
        assert.ok(allows(publish, `$JS.API.STREAM.${verb}.${name}`), `${verb} ${name}`)
    }
  })

  it('creates no other stream', () => {
    assert.ok(!allows(publish, '$JS.API.STREAM.CREATE.OTHER'))
  })

  it('deletes nothing, reads no message and uses no consumer', () => {
    for (const name of streamNames) {
      const forbidden = [
        ...deletionsOf(name, 'order'),
        ...usesOf(name, 'order'),
        `$JS.API.STREAM.MSG.GET.${name}`,
        `$JS.API.DIRECT.GET.${name}`,
      ]
      for (const subject of forbidden) assert.ok(!allows(publish, subject), subject)
    }
  })

  it('publishes no event', () => {
    for (const event of serviceContracts.flatMap((contract) => contract.publishes))
      assert.ok(!allows(publish, event(event.example).subject), event.event)
    assert.ok(!allows(publish, 'dead-letters.order.orders.placed.1'))
  })

  it('subscribes to its own inbox only', () => {
    assert.deepEqual(subscribe, ['_INBOX_provisioner.>'])
  })
})

describe('the operator', () => {
  const { publish, subscribe } = operatorPermissions

  it('reads every stream, message by message and with its own consumers', () => {
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
    for (const { service } of serviceContracts)
      for (const name of streamNames)
        assert.ok(allows(publish, `$JS.API.CONSUMER.DELETE.${name}.${service}`), `${name} ${service}`)
  })

  it('publishes any service’s events again, but no dead letter', () => {
    for (const event of serviceContracts.flatMap((contract) => contract.publishes))
      assert.ok(allows(publish, event(event.example).subject), event.event)
    assert.ok(!allows(publish, 'dead-letters.order.orders.placed.1'))
  })

  it('changes and deletes no stream, and acknowledges no service’s message', () => {
    for (const name of streamNames) {
      const deleted = deletionsOf(name, 'order').filter((subject) => !subject.includes('.CONSUMER.'))
      const acks = usesOf(name, 'order').filter((subject) => subject.startsWith('$JS.ACK'))
      const changes = ['CREATE', 'UPDATE'].map((verb) => `$JS.API.STREAM.${verb}.${name}`)
      for (const subject of [...deleted, ...acks, ...changes]) assert.ok(!allows(publish, subject), subject)
    }
  })

  it('subscribes to its own inbox only', () => {
    assert.deepEqual(subscribe, ['_INBOX_operator.>'])
  })
})

function usesOf(stream: string, consumer: string): string[] {
  return [
    `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
    `$JS.API.CONSUMER.CREATE.${stream}.${consumer}`,
    `$JS.API.CONSUMER.CREATE.${stream}.${consumer}.orders.placed.*`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${consumer}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
    `$JS.ACK.${stream}.${consumer}.1.22.33.1700000000000000000.4`,
    `$JS.ACK._.hsh4Ksh7.${stream}.${consumer}.1.22.33.1700000000000000000.4`,
    `$JS.ACK.hub.hsh4Ksh7.${stream}.${consumer}.1.22.33.1700000000000000000.4.r4nd0m`,
  ]
}

function deletionsOf(stream: string, consumer: string): string[] {
  return [
    `$JS.API.STREAM.DELETE.${stream}`,
    `$JS.API.STREAM.PURGE.${stream}`,
    `$JS.API.STREAM.MSG.DELETE.${stream}`,
    `$JS.API.STREAM.RESTORE.${stream}`,
    `$JS.API.STREAM.SNAPSHOT.${stream}`,
    `$JS.API.CONSUMER.DELETE.${stream}.${consumer}`,
  ]
}

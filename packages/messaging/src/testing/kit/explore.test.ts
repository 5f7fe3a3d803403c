import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Fact } from '../../events/event.ts'
import { assertHolds, explore } from './explore.ts'

const fact = (name: string, data = {}): Fact => ({ name, version: 1, subject: `tests.${name}.1`, data })
const [asked, granted] = [fact('Asked'), fact('Granted')]

class Refused extends Error {
  readonly code = 'already-asked'
}

const customer = {
  consumes: ['Granted'],
  react: (): Fact[] => [],
  evolve: (state: 'waiting' | 'glad' | undefined, { name }: Fact) =>
    name === 'Granted' ? 'glad' : (state ?? 'waiting'),
  commands: {
    ask(state: 'waiting' | 'glad' | undefined): Fact[] {
      if (state) throw new Refused('already asked')
      return [asked]
    },
  },
}
const office = {
  consumes: ['Asked'],
  react: (state: 'granted' | undefined): Fact[] => (state ? [] : [granted]),
  evolve: (state: 'granted' | undefined, { name }: Fact) => (name === 'Granted' ? 'granted' : state),
}
/** It does not know what it has granted. */
const forgetful = { ...office, react: (): Fact[] => [granted] }

const atRest = {
  'Who asked is glad': ({ states }: { states: { customer?: string | undefined } }) =>
    states.customer !== 'waiting',
}
const onceAtMost = {
  'Nothing is granted twice': ({ published }: { published: readonly Fact[] }) =>
    published.filter(({ name }) => name === 'Granted').length <= 1,
}

describe('an exploration', () => {
  it('visits every state once, and finds where nothing is in flight', () => {
    const { states, resting, violation, histories } = explore({
      services: { customer, office },
      atRest,
      always: onceAtMost,
    })
    assert.equal(violation, undefined)
    // Nothing, asked, granted, and the customer is glad.
    assert.equal(states, 4)
    assert.deepEqual(
      resting.map((world) => world.states),
      [{}, { customer: 'glad', office: 'granted' }],
    )
    assert.deepEqual(histories, ['Asked Granted'])
  })

  it('prints a shortest sequence that breaks a promise', () => {
    const { violation } = explore({ services: { customer, office: forgetful }, always: onceAtMost })
    assert.deepEqual(violation?.sequence.split('\n'), [
      '"Nothing is granted twice" does not hold after',
      '  1. customer: ask → publishes Asked',
      '  2. office consumes Asked → publishes Granted',
      '  3. office consumes Asked again → publishes Granted',
      'then',
      '     customer: "waiting"',
      '     office: "granted"',
      '     in flight: Granted to customer, Granted to customer',
    ])
    assert.deepEqual(violation.path, [
      'customer: ask',
      'office consumes Asked',
      'office consumes Asked again',
    ])
    assert.throws(() => assertHolds({ services: { customer, office: forgetful }, always: onceAtMost }), {
      message: violation.sequence,
    })
  })

  it('lets an inbox guard what comes again', () => {
    const { violation } = explore({
      services: { customer, office: forgetful },
      always: onceAtMost,
      hasInbox: true,
    })
    assert.equal(violation, undefined)
  })

  it('finds what is left when nothing is in flight any more', () => {
    const silent = { ...office, react: (): Fact[] => [] }
    const { violation } = explore({ services: { customer, office: silent }, atRest })
    assert.equal(violation?.promise, 'Who asked is glad')
    assert.deepEqual(violation.path, ['customer: ask', 'office consumes Asked'])
  })

  it('finds a state from which nothing comes to rest', () => {
    const { violation } = explore({
      services: { customer, office },
      isBusy: ({ states }) => states.office === 'granted',
    })
    assert.equal(violation?.promise, 'Everything in flight comes to rest')
    assert.deepEqual(violation.path, ['customer: ask'])
  })

  it('finds a decision that fails, and takes an error with a code for a refusal', () => {
    const failing = {
      ...office,
      react(): Fact[] {
        throw new TypeError('no such thing')
      },
    }
    const { violation } = explore({ services: { customer, office: failing } })
    assert.equal(violation?.promise, 'No decision fails')
    assert.deepEqual(violation.path, ['customer: ask', 'office consumes Asked: no such thing'])
  })

  it('takes steps outside of the services, from several beginnings', () => {
    const { violation } = explore({
      services: { customer, office },
      environment: { isOpen: true },
      beginnings: [{}, { customer: [asked] }],
      *steps(world, commit) {
        if (world.environment.isOpen)
          yield { action: 'the office closes', to: { ...world, environment: { isOpen: false } } }
        else
          yield {
            action: 'a night guard grants',
            to: commit(world, 'office', office.react(world.states.office)),
          }
      },
      always: {
        'Nothing is granted at night': ({ environment, published }) =>
          environment.isOpen || published.every(({ name }) => name !== 'Granted'),
      },
    })
    assert.deepEqual(violation?.path, ['the office closes', 'a night guard grants'])
  })

  it('tells two events of one name apart by their data', () => {
    const counted = (count: number) => fact('Counted', { count })
    const counter = {
      consumes: [],
      react: (): Fact[] => [],
      evolve: (count: number | undefined) => (count ?? 0) + 1,
      commands: { count: (count = 0) => (count < 3 ? [counted(count)] : []) },
    }
    const sum = { consumes: ['Counted'], react: (): Fact[] => [], evolve: (seen = 0) => seen + 1 }
    const { resting } = explore({ services: { counter, sum }, hasInbox: true })
    assert.deepEqual(
      resting.map(({ states }) => states.sum),
      [undefined, 1, 2, 3],
    )
  })

  it('refuses a choreography without an end', () => {
    const endless = {
      consumes: ['Ping'],
      react: (): Fact[] => [fact('Ping')],
      evolve: (pings: number | undefined) => (pings ?? 0) + 1,
      commands: { start: (pings: number | undefined) => (pings ? [] : [fact('Ping')]) },
    }
    assert.throws(() => explore({ services: { endless } }, { maxStates: 100 }), /more than 100 states/)
  })
})

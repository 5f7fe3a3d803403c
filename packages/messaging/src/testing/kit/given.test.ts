import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Event, Fact } from '../../events/event.ts'
import { kitTime } from './decider.ts'
import { given, givenState } from './given.ts'

type Opened = Fact & { name: 'Opened' }
type Knocked = Fact & { name: 'Knocked' }
interface Door {
  readonly openedAt: string
}

const opened: Opened = { name: 'Opened', version: 1, subject: 'doors.opened.1', data: {} }
const knocked: Knocked = { name: 'Knocked', version: 1, subject: 'hands.knocked.1', data: {} }

class DoorRefused extends Error {
  readonly code = 'already-open'
}

const decider = {
  react: (state: Door | undefined, _event: Event<Knocked>): Opened[] => (state ? [] : [opened]),
  evolve: (state: Door | undefined, event: Event<Opened | Knocked>): Door | undefined =>
    event.name === 'Opened' ? { openedAt: event.time } : state,
}
function open(state: Door | undefined): Opened[] {
  if (state) throw new DoorRefused('the door is open')
  return [opened]
}

describe('given, when, then', () => {
  it('tells what an event and a command publish, and what the state becomes', () => {
    for (const happens of [knocked, open])
      given(decider, knocked).when(happens).publishes(opened).becomes({ openedAt: kitTime })
    given(decider, opened).when(knocked).publishes().changesNothing()
    givenState(decider, { openedAt: 'before' }).when(knocked).becomes({ openedAt: 'before' })
    assert.deepEqual(given(decider).when(open).state, { openedAt: kitTime })
    given(decider, opened).when(open).refuses('already-open')
  })

  const wrong: [what: string, check: () => unknown, says: RegExp][] = [
    [
      'another fact',
      () => given(decider).when(knocked).publishes(),
      /Expected values to be strictly deep-equal/,
    ],
    ['another state', () => given(decider).when(knocked).becomes(undefined), /Expected values/],
    ['a publication', () => given(decider).when(knocked).changesNothing(), /Expected values/],
    [
      'an equal state that is a new object',
      () =>
        givenState({ ...decider, evolve: (state?: Door) => state && { ...state } }, { openedAt: '' })
          .when(knocked)
          .changesNothing(),
      /another object/,
    ],
    ['no refusal', () => given(decider).when(open).refuses('already-open'), /not refused with already-open/],
    ['another refusal', () => given(decider, opened).when(open).refuses('locked'), /already-open/],
    [
      'a refusal where facts are expected',
      () => given(decider, opened).when(open).publishes(opened),
      /the door is open/,
    ],
    [
      'a mistake in the decider',
      () =>
        given(decider)
          .when(() => {
            throw new TypeError('no such thing')
          })
          .refuses('already-open'),
      /no such thing/,
    ],
  ]
  for (const [what, check, says] of wrong)
    it(`notices ${what}`, () => {
      assert.throws(check, says)
    })
})

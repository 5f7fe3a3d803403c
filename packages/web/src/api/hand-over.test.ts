import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { answerTabs, askForToken } from './hand-over.ts'

const open: BroadcastChannel[] = []
afterEach(() => {
  for (const channel of open.splice(0)) channel.close()
})

/** A tab on the channel, with this token. */
function tab(name: string, token?: string, seen = 0) {
  const channel = new BroadcastChannel(name)
  open.push(channel)
  answerTabs(
    channel,
    () => token,
    () => seen,
  )
  return channel
}

describe('a new tab', () => {
  it('has the token of the tab that was seen last', async () => {
    for (const [token, seen] of [
      ['older', 1],
      ['newer', 2],
      [undefined, 3],
    ] as const)
      tab('three', token, seen)
    assert.equal(await askForToken(tab('three')), 'newer')
  })

  it('has none where no other is signed in', async () => {
    tab('none')
    assert.equal(await askForToken(tab('none')), undefined)
  })

  it('has an answer of its own beside another that asks', async () => {
    tab('asking', 'a')
    assert.deepEqual(await Promise.all([askForToken(tab('asking')), askForToken(tab('asking'))]), ['a', 'a'])
  })
})

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { it } from 'node:test'
import { readKeys } from './keys.ts'

function keyboard() {
  const log: string[] = []
  const input = Object.assign(new EventEmitter(), {
    setRawMode: (raw: boolean) => log.push(raw ? 'raw' : 'cooked'),
    resume: () => log.push('resumed'),
    pause: () => log.push('paused'),
  })
  const stop = readKeys({
    input: input as unknown as typeof process.stdin,
    commands: { h: () => log.push('help'), q: () => log.push('quit') },
    send: (signal) => log.push(signal),
  })
  return { log, stop, type: (text: string) => input.emit('data', Buffer.from(text)) }
}

it('calls the command of each key, and nothing for another', () => {
  const { log, type } = keyboard()
  type('hx')
  type('\u001b[A')
  type('q')
  assert.deepEqual(log, ['raw', 'resumed', 'help', 'quit'])
})

for (const [name, code, signal] of [
  ['Ctrl-C', '\u0003', 'SIGINT'],
  ['Ctrl-Z', '\u001a', 'SIGTSTP'],
] as const)
  it(`gives the terminal its mode back before ${name} becomes a signal`, () => {
    const { log, type } = keyboard()
    type(code)
    type('h')
    assert.deepEqual(log, ['raw', 'resumed', 'cooked', 'paused', signal])
  })

it('gives the terminal its mode back at the end', () => {
  const { log, stop, type } = keyboard()
  stop()
  type('h')
  assert.deepEqual(log, ['raw', 'resumed', 'cooked', 'paused'])
})

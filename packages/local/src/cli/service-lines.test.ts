import assert from 'node:assert/strict'
import { it } from 'node:test'
import { serviceLines } from './service-lines.ts'

function printed(options: { json: boolean; colour: boolean; all?: boolean }, line: string): string {
  const { all = true, ...others } = options
  const parts: string[] = []
  serviceLines({ ...others, showsAll: () => all, write: (part) => void parts.push(part) })('order', line)
  return parts.join('')
}

const line = '{"level":30,"time":"2026-01-02T03:04:05.006Z","service":"order","port":1,"msg":"listening"}'

it('prints a log line in a readable form, after the name of its service', () => {
  assert.match(
    printed({ json: false, colour: false }, line),
    /^order {5}│ \[[\d:.]+\] INFO: listening \{"port":1\}\n$/,
  )
})

it('prints a crash as it is', () => {
  assert.equal(printed({ json: false, colour: false }, 'Error: no luck'), 'order     │ Error: no luck\n')
})

it('colours only with colour', () => {
  assert.ok(printed({ json: false, colour: true }, line).startsWith('\u001b[36morder '))
})

it('prints warnings and crashes alone, unless all is to be shown', () => {
  const options = { json: false, colour: false, all: false }
  assert.equal(printed(options, line), '')
  assert.match(printed(options, line.replace('30', '40')), /WARN: listening/)
  const off = '{"level":40,"msg":"sign-in is off: every caller is an operator"}'
  assert.equal(printed(options, off), '')
  assert.match(printed(options, 'Error: no luck'), /no luck/)
})

it('leaves JSON as it is with json', () => {
  assert.equal(printed({ json: true, colour: false }, line), `${line}\n`)
})

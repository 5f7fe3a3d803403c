import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { streams } from '@saucery/contracts/choreography'
import { v7 as uuidv7 } from 'uuid'
import { resumeTokens } from './resume-token.ts'

const secret = 'a random text of 32 characters .'
const pointAt = (sequence: number) => ({
  version: 3,
  positions: streams.map(() => ({ sequence, id: sequence === 0 ? '' : uuidv7() })),
})

describe('a resume token', () => {
  it('is opened by every replica with the secret', () => {
    const point = pointAt(7)
    assert.deepEqual(resumeTokens(secret).open(resumeTokens(secret).seal(point)), point)
  })

  it('shows neither events nor how many there are', () => {
    const { seal } = resumeTokens(secret)
    const point = pointAt(1)
    assert.notEqual(seal(point), seal(point), 'an equal token shows that nothing happened')
    const tokens = [pointAt(0), point, pointAt(Number.MAX_SAFE_INTEGER)].map(seal)
    assert.equal(new Set(tokens.map(({ length }) => length)).size, 1)
    const [id = ''] = point.positions.map(({ id }) => id)
    for (const token of tokens) assert.ok(!Buffer.from(token, 'base64url').toString('latin1').includes(id))
  })

  it('is not opened with another secret, after a change, or unsealed', () => {
    const token = resumeTokens(secret).seal(pointAt(7))
    assert.equal(resumeTokens().open(token), undefined)
    const bytes = Buffer.from(token, 'base64url')
    for (const i of bytes.keys()) {
      const changed = Buffer.from(bytes)
      changed[i] = (changed[i] ?? 0) ^ 1
      assert.equal(resumeTokens(secret).open(changed.toString('base64url')), undefined, `byte ${i}`)
    }
    const { version, positions } = pointAt(7)
    const plain = JSON.stringify([version, ...positions.map(({ sequence, id }) => [sequence, id])])
    const unsealed = Buffer.from(plain).toString('base64url')
    for (const text of [unsealed, '', 'x', 'a b', token.slice(0, 30), 'x'.repeat(2000)])
      assert.equal(resumeTokens(secret).open(text), undefined, text)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemWith, tokenIn, tokenInLink } from './token-text.ts'

it('finds the token in the address of a sign-in link alone', () => {
  assert.equal(tokenInLink('#/sign-in?token=eyJ.a_b.c-d'), 'eyJ.a_b.c-d')
  for (const hash of ['', '#/', '#/sign-in', '#/sign-in?token=', '#/?token=a.b.c', '#/sign-in?token=a b'])
    assert.equal(tokenInLink(hash), undefined)
})

describe('the text of a token', () => {
  it('may have blanks around it, and the word Bearer before it', () => {
    for (const text of ['a.b-c_d', ' a.b-c_d\n', 'Bearer a.b-c_d', 'bearer\n a.b-c_d '])
      assert.equal(tokenIn(text), 'a.b-c_d')
    assert.equal(problemWith('a.b-c_d~+/09AZ=='), undefined)
  })

  for (const [text, problem] of [
    ['', /Paste/],
    ['Bearer ', /Paste/],
    ['a b', /spaces/],
    ['a\nb', /line breaks/],
    ['a\u00a0b', /spaces/],
    ['токен', /“т”/],
    ['a.b🌶.c', /“🌶”/],
    ['a"b', /“"”/],
    ['a'.repeat(8001), /8001/],
  ] as const)
    it(`tells what is wrong with ${JSON.stringify(text.slice(0, 10))}`, () => {
      assert.match(String(problemWith(tokenIn(text))), problem)
    })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { en } from './en.ts'
import { ko } from './ko.ts'

/** The paths of all texts, with each text; functions as they answer to names of their parameters. */
function textsIn(part: object, path = ''): [string, string][] {
  return Object.entries(part).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const name = `${path}.${key}`
    // The services' own texts are in English.
    if (name === '.problems') return []
    if (typeof value === 'object' && value !== null) return textsIn(value, name)
    if (typeof value === 'function') return [[name, String(value(...values))]]
    return [[name, String(value)]]
  })
}

const values = ['«1»', '«2»', '«3»', '«4»']

const english = new Map(textsIn(en))
const korean = new Map(textsIn(ko))

/** Units that Korean writes as English does. */
const sameInBoth = new Set(['.time.ms'])

describe('the texts of the page', () => {
  it('are the same ones in English and Korean', () => {
    assert.deepEqual(new Set(korean.keys()), new Set(english.keys()))
  })

  it('are none of them empty', () => {
    for (const [path, text] of [...english, ...korean]) assert.notEqual(text.trim(), '', path)
  })

  it('are in Korean where they are Korean', () => {
    for (const [path, text] of korean)
      if (!sameInBoth.has(path)) assert.match(text, /\p{Script=Hangul}/u, `${path}: ${text}`)
  })

  it('have the same values in both languages', () => {
    const valuesIn = (text = '') => new Set(text.match(/«\d»/g))
    for (const [path, text] of english) assert.deepEqual(valuesIn(korean.get(path)), valuesIn(text), path)
  })
})

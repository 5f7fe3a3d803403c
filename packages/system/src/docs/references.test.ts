import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { missingFrom } from './printed.ts'

const listed = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
const files = execFileSync('git', listed, { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((name) => name !== '' && existsSync(join(root, name)))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }))
const pages = files.filter(({ name }) => name.endsWith('.md'))
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, first = '']) => first)

it('pages link to files that exist, and show pictures that exist', () => {
  const link = /(?:\]\(|\bsrc(?:set)?=")(?![a-z]+:|#)([^)#\s"]+)/g
  const links = pages.flatMap(({ name, text }) =>
    found(text.replace(/^```[\s\S]*?^```$/gm, ''), link).map((to) => ({ name, to })),
  )
  assert.ok(links.length > 50, 'no links were found')
  const broken = links.filter(({ name, to }) => !existsSync(join(root, dirname(name), to)))
  assert.deepEqual(broken, [])
})

// A formatter takes them for quotes and indents them.
it('no page has the markers of a merge that was not finished', () => {
  const marker = /^ *(?:<{7} |(?:> ?){7}|\|? ?={7} *(?:\||$))/m
  assert.ok(marker.test('text\n> > > > > > > main\n'))
  assert.deepEqual(
    pages.filter(({ text }) => marker.test(text)).map(({ name }) => name),
    [],
  )
})

it('pages name files that exist', () => {
  const path = /`((?:bench|deploy|docs|packages|patches|tilt)\/[\w@./-]*\w\.\w+)`/g
  const named = pages.flatMap(({ name, text }) => found(text, path).map((file) => ({ name, file })))
  assert.ok(named.length > 5, 'no names were found')
  const missing = named.filter(({ file }) => !existsSync(join(root, file)))
  assert.deepEqual(missing, [])
})

it('pages name commands that exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const named = pages.flatMap(({ name, text }) =>
    found(text, /\bpnpm@12 (?:-s |run )?([a-z][\w:-]*)/g).map((script) => ({ name, script })),
  )
  assert.ok(named.length > 20, 'no commands were found')
  const missing = named.filter(({ script }) => script !== 'install' && !(script in scripts))
  assert.deepEqual(missing, [])
})

/** A test, a link to it or not, and its titles: as in (references.test: "pages link to files …"). */
const reference = /(?<![.\w-])([\w-]+(?:\.int|\.sys)?\.test)\b(?:\]\([^)]+\))?((?:[:,] "[^"]+")*)/g

/** The tests and titles that a text names and that do not exist, and how many it names. */
function checkTests(texts: readonly { name: string; text: string }[]) {
  const titles = new Map<string, string>()
  for (const { name, text } of files.filter(({ name }) => name.endsWith('.test.ts'))) {
    const own = [...text.matchAll(/\b(?:it|describe)\(\s*(['"`])(.+?)\1/g)].map(([, , title = '']) => title)
    const all = [titles.get(basename(name, '.ts')) ?? [], own].flat().join('\n')
    titles.set(basename(name, '.ts'), all.replace(/\$\{[^}]*\}/g, '…'))
  }
  const references = texts.flatMap(({ name, text }) =>
    [...text.matchAll(reference)].map(([, test = '', titles = '']) => ({ name, test, titles })),
  )
  const missing = references.flatMap(({ name, test, titles: named }) => {
    const existing = titles.get(test)
    if (existing === undefined) return [{ name, test }]
    return found(named, /"([^"]+)"/g)
      .filter((title) => missingFrom(existing, title))
      .map((title) => ({ name, test, title }))
  })
  return { missing, titles: references.filter(({ titles }) => titles !== '').length }
}

it('comments name tests that exist, by their titles', () => {
  const comments = files
    .filter(({ name }) => /\.tsx?$/.test(name))
    .map(({ name, text }) => ({ name, text: found(text, /(?:^|\s)(?:\/\/|\/?\*+) (.*)$/gm).join(' ') }))
  const { missing, titles } = checkTests(comments)
  assert.ok(titles > 20, 'no references were found')
  assert.deepEqual(missing, [])
})

it('pages name tests that exist, by their titles', () => {
  const { missing, titles } = checkTests(pages)
  assert.ok(titles > 20, 'no references were found')
  assert.deepEqual(missing, [])
})

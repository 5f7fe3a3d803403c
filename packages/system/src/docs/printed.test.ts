import assert from 'node:assert/strict'
import { it } from 'node:test'
import { commandsOf, missingFrom } from './printed.ts'

const page = `# A page
## First
\`\`\`sh
one
two
\`\`\`
\`\`\`text
1 …
\`\`\`
\`\`\`sh
three
\`\`\`
## Second
\`\`\`ts
no command
\`\`\`
\`\`\`sh
four
\`\`\`
\`\`\`sh cluster
five
\`\`\`
\`\`\`text cluster
5
\`\`\`
`

it('finds the commands of a page under their headings, with the answers that follow them', () => {
  assert.deepEqual(commandsOf(page), [
    { heading: 'First', script: 'one\ntwo\n', answer: '1 …\n' },
    { heading: 'First', script: 'three\n', answer: undefined },
    { heading: 'Second', script: 'four\n', answer: undefined },
  ])
})

it('finds those that need a cluster by their mark', () => {
  assert.deepEqual(commandsOf(page, 'cluster'), [{ heading: 'Second', script: 'five\n', answer: '5\n' }])
})

it('misses a line that is not in the output, or not after the line before it', () => {
  assert.equal(missingFrom('a 1 (x)\nnoise\nb', 'a … (x)\nb\n'), undefined)
  assert.equal(missingFrom('b\na', 'a\nb\n'), 'b')
  assert.equal(missingFrom('one a', 'a\n'), 'a')
  assert.equal(missingFrom('a', 'a\na\n'), 'a')
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { commandsOf } from '@saucery/system/docs/printed'
import { runPrinted, scriptOf } from './printed-commands.ts'

it('types what follows a login into the pod, and leaves other commands as they are', () => {
  const login = 'kubectl exec -it siege --container siege -- /bin/bash'
  assert.equal(scriptOf(`${login}\nsiege -c1\n`), `${login} <<'TYPED'\nsiege -c1\nTYPED\n`)
  assert.equal(scriptOf('kubectl get hpa\n'), 'kubectl get hpa\n')
})

it('runs what is printed with a kubectl that knows the namespace', async () => {
  const before = process.env.KUBECTL
  process.env.KUBECTL = 'echo'
  try {
    assert.equal(await runPrinted('kubectl get hpa\n'), '--namespace saucery-experiment get hpa\n')
  } finally {
    if (before === undefined) delete process.env.KUBECTL
    else process.env.KUBECTL = before
  }
})

it('finds the same lines for a cluster on the page for those who come from the course, in both languages', () => {
  const read = (name: string) =>
    commandsOf(readFileSync(join(root, 'docs', name), 'utf8'), 'cluster').map(({ script, answer }) => ({
      script,
      answer,
    }))
  const commands = read('from-the-course.md')
  assert.deepEqual(read('from-the-course.ko.md'), commands)
  const inThePod = commands.filter(({ script }) => script.includes('\nsiege '))
  assert.deepEqual(
    inThePod.map(({ script }) => script.includes('brancdId')),
    [false, true],
  )
})

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/local/folders'
import { portsFrom, serviceNames } from '@saucery/local/service-ports'

const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const tiltfile = read('Tiltfile')
const parts = readdirSync(join(root, 'tilt')).map((name) => read('tilt', name))
const all = [tiltfile, ...parts].join('\n')
const scripts = Object.keys(JSON.parse(read('package.json')).scripts)

it('forwards each service’s usual port, and those of NATS', () => {
  const [, table = ''] = /^PORTS = \{(.*)\}$/m.exec(tiltfile) ?? []
  const named = [...table.matchAll(/'(\w+)': (\d+)/g)].map(([, name, port]) => [name, Number(port)])
  const ports = portsFrom({})
  assert.deepEqual(Object.fromEntries(named), Object.fromEntries(serviceNames.map((it) => [it, ports[it]])))
  for (const port of [4222, 8222]) assert.match(tiltfile, new RegExp(`port_forward\\(${port}, ${port}`))
})

it('names files, and scripts of package.json, that are there', () => {
  for (const [, file] of all.matchAll(/'((?:deploy|tilt|\.\/tilt)\/[\w./-]+)'/g))
    assert.ok(existsSync(join(root, String(file))), file)
  const called = [...all.matchAll(/(?:pnpm@12 (?:-s )?|PNPM \+ '|%s-s )([a-z][\w:-]*)/g)].map(
    ([, name]) => name,
  )
  assert.ok(called.length >= 5, 'some scripts are called')
  for (const name of called) assert.ok(scripts.includes(String(name)), `package.json has no script ${name}`)
})

it('copies source to where the image has it', () => {
  const dockerfile = read('Dockerfile')
  assert.match(dockerfile, /^WORKDIR \/saucery$/m)
  assert.match(dockerfile, /^COPY packages packages$/m)
  for (const [, path] of all.matchAll(/sync\('[^']*', '(\/[^']*)'/g))
    assert.match(String(path), /^\/saucery\/packages\/%s\/(src|generated)$/)
})

it('loads no extension, which would come from the network', () => {
  assert.doesNotMatch(all, /ext:\/\//)
})

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { portsFrom, serviceNames } from '@saucery/local/system/service-ports'
import { root } from '@saucery/servers/install/folders'
import { images } from './changed-images.ts'
import { dependenciesOf } from './workspace.ts'

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

it('names files and scripts of package.json that exist', () => {
  for (const [, file] of all.matchAll(/'((?:deploy|tilt|\.\/tilt)\/[\w./-]+)'/g))
    assert.ok(existsSync(join(root, String(file))), file)
  const called = [...all.matchAll(/(?:pnpm@12 (?:-s )?|PNPM \+ '|%s-s )([a-z][\w:-]*)/g)].map(
    ([, name]) => name,
  )
  assert.ok(called.length >= 5, 'some scripts are called')
  for (const name of called) assert.ok(scripts.includes(String(name)), `package.json has no script ${name}`)
})

it('builds each image from its own package and the shared ones, so that a saved file rebuilds no other', () => {
  const list = (name: string) =>
    [...(new RegExp(`^${name} = \\[([^\\]]*)\\]`, 'm').exec(all)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(
      ([, it]) => it,
    )
  // pnpm reads the package.json of each package, except of those that .dockerignore excludes.
  assert.deepEqual(
    list('PACKAGES'),
    readdirSync(join(root, 'packages')).filter((it) => it !== 'system'),
  )
  const shared = list('SHARED')
  for (const image of images)
    for (const needed of dependenciesOf(image)) assert.ok(shared.includes(needed), `${image} needs ${needed}`)
  const built = all.split("'.',\n").slice(1)
  assert.equal(built.length, 2, 'services and provision')
  for (const build of built) assert.match(build, /^[^)]*\}[^)]*only=made_of\(/)
})

it('watches the settings, which Tilt’s kustomize() does not', () => {
  assert.match(tiltfile, /^watch_file\('deploy\/base'\)$/m)
})

it('copies source to the place where the image has it', () => {
  const dockerfile = read('Dockerfile')
  assert.match(dockerfile, /^WORKDIR \/saucery$/m)
  assert.match(dockerfile, /^COPY packages packages$/m)
  const synced = [...all.matchAll(/sync\(([^,]+), ([^)]+)\)/g)]
  assert.ok(synced.length >= 2, 'the services and the page')
  for (const [, from = '', to = ''] of synced)
    assert.equal(to, from.startsWith("'") ? from.replace("'", "'/saucery/") : `'/saucery/' + ${from}`)
})

it('loads no extension, which would need the network', () => {
  assert.doesNotMatch(all, /ext:\/\//)
})

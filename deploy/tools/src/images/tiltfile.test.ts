import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { managementOf, portsFrom, serviceNames } from '@saucery/local/system/service-ports'
import { root } from '@saucery/servers/install/folders'
import { images } from './changed-images.ts'
import { dependenciesOf } from './workspace.ts'

const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const tiltfile = read('Tiltfile')
const parts = readdirSync(join(root, 'tilt')).map((name) => read('tilt', name))
const all = [tiltfile, ...parts].join('\n')
const scripts = Object.keys(JSON.parse(read('package.json')).scripts)

it('forwards each service’s usual ports, and those of NATS', () => {
  const [, table = ''] = /^PORTS = \{(.*)\}$/m.exec(tiltfile) ?? []
  const named = [...table.matchAll(/'(\w+)': (\d+)/g)].map(([, name, port]) => [name, Number(port)])
  const ports = portsFrom({})
  assert.deepEqual(Object.fromEntries(named), Object.fromEntries(serviceNames.map((it) => [it, ports[it]])))
  for (const it of serviceNames) assert.equal(ports[managementOf(it)], ports[it] + 100)
  assert.match(tiltfile, /port_forward\(port, 8080, .*\n +port_forward\(port \+ 100, 8081, /)
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

it('puts into its image what the services import, and copies it to the pods when it is saved', () => {
  const list = (name: string) =>
    [...(new RegExp(`^${name} (?:= )?\\[([^\\]]*)\\]`, 'm').exec(all)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(
      ([, it]) => it,
    )
  const synced = list('SYNCED')
  for (const image of images)
    for (const needed of [image, ...dependenciesOf(image)])
      assert.ok(synced.includes(needed), `${image} needs ${needed}`)
  // pnpm reads the package.json of each package, except of those that .dockerignore excludes.
  const others = list('PACKAGES = SYNCED \\+')
  assert.deepEqual(
    new Set([...synced, ...others]),
    new Set(readdirSync(join(root, 'packages')).filter((it) => it !== 'system' && it !== 'ops')),
  )
})

it('watches the settings, which Tilt’s kustomize() does not', () => {
  assert.match(tiltfile, /^watch_file\('deploy\/base'\)$/m)
})

it('copies source to the place where the image has it', () => {
  const dockerfile = read('Dockerfile')
  assert.match(dockerfile, /^WORKDIR \/saucery$/m)
  assert.match(dockerfile, /^COPY --chown=node:node packages packages$/m)
  assert.match(all, /sync\(folder, '\/saucery\/' \+ folder\)/)
})

it('loads no extension, which would need the network', () => {
  assert.doesNotMatch(all, /ext:\/\//)
})

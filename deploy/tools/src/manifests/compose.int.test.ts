import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { portsFrom, serviceNames } from '@saucery/local/system/service-ports'
import { root } from '@saucery/servers/install/folders'
import { parse } from 'yaml'
import { render } from '../testing/render.ts'
import { podOf, settingsOf, workloads } from '../testing/resources.ts'

interface Service {
  image: string
  build?: { args: { PACKAGE: string } }
  ports?: string[]
  env_file: string[]
  environment?: Record<string, string>
  volumes?: string[]
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  user?: string
  tmpfs?: string[]
  healthcheck?: { test?: string[] }
  profiles?: string[]
}

const file = readFileSync(join(root, 'compose.yaml'), 'utf8')
const { services: all } = parse(file, { merge: true }) as { services: Record<string, Service> }
const isUsual = ([, { profiles }]: [string, Service]) => profiles === undefined
const services = Object.fromEntries(Object.entries(all).filter(isUsual))
const observing = Object.fromEntries(Object.entries(all).filter((it) => !isUsual(it)))
const resources = await render('local')

const variables = (path: string) =>
  readFileSync(join(root, path), 'utf8')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])

it('runs what the local overlay runs, from the same images', () => {
  const images = workloads(resources).map((it) => [it.metadata.name, podOf(it).containers[0]?.image])
  assert.deepEqual(
    Object.fromEntries(Object.entries(services).map(([name, { image }]) => [name, image])),
    Object.fromEntries(images),
  )
})

it('gives each container the rights and writable folders of the local overlay, and no more', () => {
  for (const workload of workloads(resources)) {
    const { name } = workload.metadata
    const service = services[name]
    const { volumes = [], containers, securityContext } = podOf(workload)
    assert.equal(service?.read_only, true, name)
    assert.deepEqual(service?.cap_drop, ['ALL'], name)
    assert.deepEqual(service?.security_opt, ['no-new-privileges:true'], name)
    const empty = volumes.filter(({ emptyDir }) => emptyDir).map((it) => it.name)
    const writable = containers[0]?.volumeMounts?.filter((it) => empty.includes(it.name)) ?? []
    assert.deepEqual(
      new Set(service?.tmpfs),
      new Set(writable.map(({ mountPath }) => mountPath)),
      `${name}: writable folders`,
    )
    // Docker's volumes belong to root where the image has no folder of that name: NATS runs as root, without rights.
    const user = securityContext?.runAsUser
    if (!service?.build && name !== 'nats') assert.equal(service?.user, `${user}:${user}`, name)
  }
})

it('opens ports on 127.0.0.1 only: the gateway’s usual one, and any for a service, which may have several', () => {
  for (const name of serviceNames) {
    const port = name === 'gateway' ? portsFrom({})[name] : ''
    assert.deepEqual(services[name]?.ports, [`127.0.0.1:${port}:8080`, '127.0.0.1::8081'])
  }
  for (const { ports = [] } of Object.values(all))
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/)
})

it('keeps its data in named volumes: what an image declares besides is in memory', () => {
  // As `docker image inspect` tells of the official images.
  const declared = { postgres: ['/var/lib/postgresql'], mongodb: ['/data/db', '/data/configdb'], nats: [] }
  for (const [name, folders] of Object.entries(declared)) {
    const { volumes = [], tmpfs = [] } = services[name] ?? {}
    const mounted = [...volumes.map((it) => it.split(':')[1]), ...tmpfs]
    for (const folder of folders) assert.ok(mounted.includes(folder), `${name}: ${folder}`)
  }
})

it('sees a NATS that stores nothing any more, as the probes of the local overlay do', () => {
  const [nats] = podOf(workloads(resources).find((it) => it.metadata.name === 'nats') as never).containers
  const { path } = (nats as { readinessProbe?: { httpGet?: { path: string } } }).readinessProbe?.httpGet ?? {}
  const { healthcheck } = services.nats as Service
  assert.match(String(healthcheck?.test), new RegExp(`:8222${path}$`))
})

it('gives each service the settings of the local overlay', () => {
  for (const workload of workloads(resources)) {
    const { name } = workload.metadata
    const service = services[name]
    if (!service?.build) continue
    assert.equal(service.build.args.PACKAGE, name)
    assert.equal(service.read_only, true)
    const settings: Record<string, string> = {
      ...Object.fromEntries(service.env_file.filter((path) => !path.includes('.secrets')).flatMap(variables)),
      ...service.environment,
    }
    const { plain } = settingsOf(podOf(workload).containers[0] as never, resources)
    for (const [setting, value] of Object.entries(plain)) {
      if (name === 'provision' && /^(AUTH|ALLOWED_HOSTS|NODE_ENV|DRILLS)/.test(setting)) continue
      assert.equal(settings[setting]?.replace(/^\$\{AUTH:-off\}$/, 'off'), value, `${name}: ${setting}`)
    }
    assert.ok(service.env_file.includes(`deploy/overlays/local/.secrets/${name}.env`), `secrets of ${name}`)
  }
})

it('mounts files that exist', () => {
  for (const { volumes = [] } of Object.values(all))
    for (const volume of volumes.filter((it) => it.startsWith('./')))
      assert.ok(existsSync(join(root, volume.split(':')[0] as string)), volume)
})

it('observes, in a profile of its own, with what the overlay local-observed has, and with no more rights', async () => {
  const observed = workloads(await render('local-observed')).flatMap((it) => podOf(it).containers)
  const images = new Set(observed.map(({ image }) => image))
  for (const [name, { image, profiles, ...service }] of Object.entries(observing)) {
    assert.deepEqual(profiles, ['observability'])
    assert.ok(images.has(image), `${name}: ${image}`)
    assert.equal(service.read_only, true, name)
    assert.deepEqual([service.cap_drop, service.security_opt], [['ALL'], ['no-new-privileges:true']], name)
  }
  const own = new Set(Object.values(services).map(({ image }) => image))
  assert.equal(Object.keys(observing).length, [...images].filter((image) => !own.has(image)).length)
})

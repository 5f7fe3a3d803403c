import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { runOrFail } from '@saucery/servers/process/run'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { parse } from 'yaml'
import { images } from '../images/changed-images.ts'
import { render } from '../testing/render.ts'
import { podOf, workloads } from '../testing/resources.ts'

type ConfigMap = { metadata: object; data: { 'localRegistryHosting.v1': string } }
type Step = { name?: string; if?: string; run?: string; 'timeout-minutes'?: number }
const text = readFileSync(join(root, '.github/workflows/kind.yaml'), 'utf8')
const { on, jobs } = parse(text) as {
  on: object
  jobs: { kind: { steps: Step[]; 'timeout-minutes': number } }
}
const steps = jobs.kind.steps.filter((step) => step.run)
const runs = steps.map(({ run = '' }) => run)
const indexOf = (command: string) => {
  const index = runs.findIndex((run) => run.includes(command))
  assert.ok(index >= 0, `no step runs ${command}`)
  return index
}

it('tries every pull request in a kind cluster, first with Tilt and then with experiments', () => {
  assert.deepEqual(Object.keys(on), ['pull_request', 'workflow_dispatch'])
  const inOrder = [
    'deploy/kind.sh',
    'tilt ci --timeout',
    'tilt down',
    'kind load',
    'experiment saga network-policies',
    'describe pods',
  ]
  const found = inOrder.map(indexOf)
  assert.deepEqual(
    found,
    found.toSorted((a, b) => a - b),
  )
  assert.equal(steps.at(-1)?.if, 'failure()')
})

it('gives tilt ci less time than its step, so that Tilt says what it waits for', () => {
  const { run = '', 'timeout-minutes': minutes = 0 } = steps[indexOf('tilt ci')] ?? {}
  const [, within] = /--timeout (\d+)m/.exec(run) ?? []
  assert.ok(Number(within) < minutes && minutes < jobs.kind['timeout-minutes'])
})

it('loads every image of ours that the overlay local names', async () => {
  const [, built = ''] = /for it in (.*); do/.exec(runs[indexOf('docker build')] ?? '') ?? []
  assert.deepEqual(built.split(' '), images)
  const named = workloads(await render('local')).map((it) => String(podOf(it).containers[0]?.image))
  assert.deepEqual(
    new Set(named.filter((image) => image.startsWith('saucery/'))),
    new Set(built.split(' ').map((image) => `saucery/${image}:0.1.0`)),
  )
})

/** Runs deploy/kind.sh with a kind and a docker that only record their arguments and input. */
async function bringUp({ exists }: { exists: boolean }) {
  const folder = await tempFolder()
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const program = (name: string, ...lines: string[]) =>
    writeFileSync(join(bin, name), ['#!/usr/bin/env bash', ...lines, ''].join('\n'), { mode: 0o755 })
  const record = (name: string) => `echo "${name} $*" >> ${folder}/calls`
  program('kind', record('kind'), `[[ $* != 'get clusters' ]] || echo ${exists ? 'saucery' : 'other'}`)
  program(
    'docker',
    record('docker'),
    `[[ $1 != start ]] || exit ${exists ? 0 : 1}`,
    `[[ $* != *hosts.toml ]] || cat > ${folder}/hosts`,
    `[[ $* != *apply* ]] || cat > ${folder}/manifest`,
  )
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
  await runOrFail(join(root, 'deploy/kind.sh'), [], { cwd: folder, env })
  const [calls = '', hosts, manifest = ''] = ['calls', 'hosts', 'manifest'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  )
  await removeTempFolder(folder)
  return { calls, hosts, configMap: parse(manifest) as ConfigMap }
}

it('names the registry in the cluster as Tilt and the node reach it', async () => {
  const { calls, hosts, configMap } = await bringUp({ exists: false })
  assert.match(calls, /kind create cluster --name saucery /)
  // On loopback alone: the registry asks for no password.
  assert.match(
    calls,
    /docker run .*--name saucery-registry --network kind --publish 127\.0\.0\.1:5001:5000 registry:/,
  )
  assert.match(calls, /mkdir -p \/etc\/containerd\/certs\.d\/localhost:5001\n/)
  assert.equal(hosts, '[host."http://saucery-registry:5000"]\n')
  assert.deepEqual(configMap.metadata, { name: 'local-registry-hosting', namespace: 'kube-public' })
  assert.equal(parse(configMap.data['localRegistryHosting.v1']).host, 'localhost:5001')
})

it('keeps the cluster and the registry that are there', async () => {
  const { calls } = await bringUp({ exists: true })
  assert.doesNotMatch(calls, /kind create|docker run/)
  assert.match(calls, /kind export kubeconfig --name saucery\n/)
})

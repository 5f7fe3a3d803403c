import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { consumingServices } from '@saucery/contracts/choreography'
import { root } from '@saucery/servers/install/folders'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { parseAllDocuments } from 'yaml'
import { kustomize } from '../testing/render.ts'
import { ofKind, podOf, type Resource, workloads } from '../testing/resources.ts'

/** Runs deploy/apply.sh with a docker and a kubectl that only record their arguments; kubectl renders, too. */
async function apply(args: string[], { missing = 'none' } = {}) {
  const folder = await tempFolder()
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const program = (name: string, ...lines: string[]) =>
    writeFileSync(join(bin, name), ['#!/usr/bin/env bash', ...lines, ''].join('\n'), { mode: 0o755 })
  program(
    'kubectl',
    `if [ $1 = kustomize ]; then exec ${(await kustomize()).join(' ')} "$2"; fi`,
    `echo "$*" >> ${folder}/calls`,
    `if [ $1 = apply ]; then cat > ${folder}/manifests; fi`,
  )
  program('docker', `if [[ $4 == *${missing}* ]]; then exit 1; fi`, `echo "Digest:    sha256:${digest}"`)
  program('npx', 'echo c0ffee')
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
  const ended = await promisify(execFile)(join(root, 'deploy/apply.sh'), args, { env }).catch((e) => e)
  const read = (name: string) =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : ''
  const calls = read('calls').trim().split('\n')
  const manifests = parseAllDocuments(read('manifests')).map((it) => it.toJS() as Resource)
  await removeTempFolder(folder)
  return { code: ended.code ?? 0, calls, manifests }
}

const digest = 'd'.repeat(64)
const matching = (calls: string[], what: RegExp) => calls.filter((it) => what.test(it))

it('applies every image by its digest, and waits for everything', async () => {
  const { code, calls, manifests } = await apply(['production', 'registry.test/them'])
  assert.equal(code, 0)
  const images = workloads(manifests).map((it) => podOf(it).containers[0]?.image)
  // With the gateway, provision and NATS.
  assert.equal(images.length, consumingServices.length + 3)
  for (const image of images)
    assert.match(String(image), new RegExp(`^(registry.test/them/\\w+:c0ffee|nats:\\S+)@sha256:${digest}$`))
  assert.deepEqual(matching(calls, /^apply /), ['apply --selector  --filename -'])
  assert.equal(matching(calls, /delete job provision|wait .*job\/provision/).length, 2)
  assert.equal(matching(calls, /rollout status/).length, consumingServices.length + 2)
})

it('changes nothing when an image is not in the registry', async () => {
  const { code, calls } = await apply(['production', 'registry.test/them'], { missing: 'payment' })
  assert.notEqual(code, 0)
  assert.deepEqual(calls, [''])
})

it('releases one service without the images of the others', async () => {
  const { code, calls, manifests } = await apply(['production', 'registry.test/them', 'order'], {
    missing: 'payment',
  })
  assert.equal(code, 0)
  const selectors = ['!app.kubernetes.io/name', 'app.kubernetes.io/name=order']
  assert.deepEqual(
    matching(calls, /^apply /),
    selectors.map((it) => `apply --selector ${it} --filename -`),
  )
  assert.deepEqual(matching(calls, /provision/), [])
  assert.equal(matching(calls, /rollout status deployment\/order/).length, 1)
  const chosen = (name?: string) =>
    manifests.filter((it) => it.metadata.labels?.['app.kubernetes.io/name'] === name)
  assert.deepEqual(
    new Set(chosen('order').map(({ kind }) => kind)),
    new Set([
      ...['Deployment', 'ConfigMap', 'Service', 'ServiceAccount'],
      ...['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'NetworkPolicy'],
    ]),
  )
  assert.deepEqual(workloads(chosen()), [], 'the shared objects run no pods')
  assert.match(String(ofKind(chosen(), 'ConfigMap')[0]?.metadata.name), /^common-settings-/)
})

it('refuses an unknown image', async () => {
  assert.equal((await apply(['production', 'registry.test/them', 'web'])).code, 2)
})

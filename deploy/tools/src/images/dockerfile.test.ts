import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/servers/install/folders'

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))

it('ends in an image from scratch that runs without root and stops at SIGTERM', () => {
  assert.match(last, /^\nFROM scratch AS run$/m)
  assert.match(last, /^USER [1-9]\d*:[1-9]\d*$/m)
  assert.match(last, /^STOPSIGNAL SIGTERM$/m)
  assert.match(last, /^CMD \["node", /m)
  assert.doesNotMatch(last, /^RUN /m)
})

it('labels the image with what it is and where it comes from', () => {
  for (const label of ['title', 'description', 'licenses', 'version', 'revision', 'source'])
    assert.ok(last.includes(`org.opencontainers.image.${label}=`), label)
})

// Trivy checks Debian's packages only with /etc/debian_version, other scanners only with /etc/os-release.
it('tells scanners which system its libraries come from', () => {
  assert.match(dockerfile, /^ {4}cp --dereference \/etc\/os-release \/etc\/debian_version \/system\/etc;/m)
  assert.match(dockerfile, /\/system\/var\/lib\/dpkg\/status\.d\/\$package/)
})

it('ignores no failed step of a stage', () => {
  assert.doesNotMatch(dockerfile, /\|\| true/)
})

it('starts from pinned base images', () => {
  const load = readFileSync(join(root, 'deploy/siege/Dockerfile'), 'utf8')
  const from = [...`${dockerfile}\n${load}`.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)]
  const stages = from.map(([, , stage]) => stage)
  for (const [, image = ''] of from)
    assert.ok(image === 'scratch' || stages.includes(image) || /:\d+\.\d+/.test(image), image)
})

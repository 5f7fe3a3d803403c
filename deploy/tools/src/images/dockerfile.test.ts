import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/servers/install/folders'

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))

it('ends in an image of nothing else, which runs as nobody special and stops when told', () => {
  assert.match(last, /^\nFROM scratch AS run$/m)
  assert.match(last, /^USER [1-9]\d*:[1-9]\d*$/m)
  assert.match(last, /^STOPSIGNAL SIGTERM$/m)
  assert.match(last, /^CMD \["node", /m)
  assert.doesNotMatch(last, /^RUN /m)
})

it('says what the image is, and from where', () => {
  for (const label of ['title', 'description', 'licenses', 'version', 'revision', 'source'])
    assert.ok(last.includes(`org.opencontainers.image.${label}=`), label)
})

// Trivy looks at no package of Debian's without /etc/debian_version, others without /etc/os-release.
it('tells scanners which system its libraries are of', () => {
  assert.match(dockerfile, /^ {4}cp --dereference \/etc\/os-release \/etc\/debian_version \/system\/etc;/m)
  assert.match(dockerfile, /\/system\/var\/lib\/dpkg\/status\.d\/\$package/)
})

it('lets no step of a stage fail unheard', () => {
  assert.doesNotMatch(dockerfile, /\|\| true/)
})

it('begins with images of one version', () => {
  const load = readFileSync(join(root, 'deploy/siege/Dockerfile'), 'utf8')
  const from = [...`${dockerfile}\n${load}`.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)]
  const stages = from.map(([, , stage]) => stage)
  for (const [, image = ''] of from)
    assert.ok(image === 'scratch' || stages.includes(image) || /:\d+\.\d+/.test(image), image)
})

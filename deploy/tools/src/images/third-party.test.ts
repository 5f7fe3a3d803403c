import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { imageFiles, pinned, readLock, thirdPartyImages } from './third-party.ts'

const digest = `sha256:${'a'.repeat(64)}`
const text = `FROM node:24.1.0-slim AS node
FROM node AS build
    image: nats:2.12-alpine
    image: saucery/order:0.1.0
  docker run --rm aquasec/trivy:0.67.2 image
  docker run --publish "$registry:5000" registry:3.0.0
`

describe('an image that others build', () => {
  const found = imageFiles().flatMap((file) => thirdPartyImages(readFileSync(join(root, file), 'utf8')))
  const lock = readLock()

  it('is in the lock, and nothing else is', () => {
    assert.ok(found.length > 5, 'none were found')
    assert.deepEqual(new Set(Object.keys(lock)), new Set(found.map(({ image }) => image)))
  })

  it('is named by its digest everywhere, once the lock has it', () => {
    for (const it of found) assert.equal(it.digest ?? null, lock[it.image], it.image)
  })

  it('that has no digest stands alone: with the first pin all have one', () => {
    const digests = Object.values(lock)
    const unpinned = digests.filter((it) => it === null)
    assert.ok([0, digests.length].includes(unpinned.length), 'some images have a digest, and some have none')
  })

  it('is found, and pinned again when its digest has changed', () => {
    assert.deepEqual(
      thirdPartyImages(text).map(({ image }) => image),
      ['node:24.1.0-slim', 'nats:2.12-alpine', 'aquasec/trivy:0.67.2', 'registry:3.0.0'],
    )
    const once = pinned(text, {
      'node:24.1.0-slim': digest,
      'nats:2.12-alpine': digest,
      'aquasec/trivy:0.67.2': digest,
    })
    assert.equal(once.split(digest).length, 4)
    const other = digest.replaceAll('a', 'b').replace('shb', 'sha')
    assert.ok(pinned(once, { 'nats:2.12-alpine': other }).includes(`nats:2.12-alpine@${other}\n`))
    assert.deepEqual(thirdPartyImages(once)[0], { image: 'node:24.1.0-slim', digest })
  })
})

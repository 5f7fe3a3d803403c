import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { isLocal, local, localPrefixes } from './cluster.ts'

const tilt = readFileSync(new URL('../../../../tilt/settings.Tiltfile', import.meta.url), 'utf8')
const listIn = (name: string) => {
  const [, items = ''] = new RegExp(`^${name} = \\[(.*)\\]$`, 'm').exec(tilt) ?? []
  return [...items.matchAll(/'([^']+)'/g)].map(([, item]) => item)
}

describe('a context', () => {
  it('is local where Tilt accepts it', () => {
    assert.deepEqual(local, listIn('LOCAL'))
    assert.deepEqual(localPrefixes, listIn('LOCAL_PREFIXES'))
    assert.deepEqual(['minikube', 'kind-sauces'].map(isLocal), [true, true])
  })

  it('is not local under any other name', () => {
    for (const name of ['production', 'my-kind-cluster', 'gke_saucery_europe', 'minikub', ''])
      assert.equal(isLocal(name), false, name)
  })
})

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { changedImages } from './changed-images.ts'

const all = ['order', 'payment', 'delivery', 'dashboard', 'gateway', 'provision']
const needs: Record<string, string[]> = {
  order: ['chassis'],
  chassis: ['contracts'],
  gateway: ['contracts'],
  web: ['client'],
}
const changed = (...files: string[]) => changedImages(files, (name) => needs[name] ?? [])

it('builds the package that changed, and those that depend on it', () => {
  assert.deepEqual(changed('packages/order/src/main.ts'), ['order'])
  assert.deepEqual(changed('packages/contracts/src/order.ts'), ['order', 'gateway'])
  for (const file of ['packages/web/src/main.tsx', 'packages/client/src/client.ts'])
    assert.deepEqual(changed(file), ['gateway'], file)
})

it('builds every image when a file that all are built with has changed', () => {
  for (const file of ['Dockerfile', 'pnpm-lock.yaml', 'patches/undici@7.30.2.patch'])
    assert.deepEqual(changed(file), all, file)
})

it('builds nothing for a document', () => {
  assert.deepEqual(changed('README.md', 'docs/sign-in.md', 'packages/system/src/model/model.ts'), [])
})

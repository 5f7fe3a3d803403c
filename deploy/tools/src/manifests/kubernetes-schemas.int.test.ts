import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { parse } from 'yaml'
import { kubernetesSchemas, misfits } from '../testing/kubernetes-schemas.ts'
import { overlays, render } from '../testing/render.ts'

const schemas = await kubernetesSchemas()
const ofSiege = (name: string) => parse(readFileSync(join(root, `deploy/siege/${name}.yaml`), 'utf8'))

for (const overlay of overlays)
  it(`renders ${overlay} to objects that fit Kubernetes' schemas`, async () => {
    const objects = (await render(overlay)) as unknown as { apiVersion: string; kind: string }[]
    // KEDA's objects have schemas of their own.
    const known = objects.filter(({ apiVersion }) => apiVersion !== 'keda.sh/v1alpha1')
    assert.ok(known.length > 40, 'objects')
    assert.deepEqual(
      known.flatMap((object) => misfits(schemas, object)),
      [],
    )
  })

it('has a Job and a pod of siege that fit the schemas', () => {
  for (const name of ['load', 'siege']) assert.deepEqual(misfits(schemas, ofSiege(name)), [])
})

it('finds a misspelt field, a value of the wrong type, and an unknown kind', () => {
  const wrong = ofSiege('load')
  wrong.spec.backOffLimit = 0
  wrong.spec.template.spec.restartPolicy = true
  wrong.spec.template.spec.containers[0].args = 'one'
  assert.deepEqual(misfits(schemas, wrong), [
    'Job.spec.template.spec.restartPolicy: true is no string',
    'Job.spec.template.spec.containers[0].args is no list',
    'Job.spec has no field backOffLimit',
  ])
  const none = { apiVersion: 'apps/v2', kind: 'Deployment' }
  assert.deepEqual(misfits(schemas, none), ['no such kind: io.k8s.api.apps.v2.Deployment'])
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { readSettings } from '@saucery/chassis/settings/settings'
import { root } from '@saucery/servers/install/folders'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { secretFiles } from '../secrets/secret-files.ts'
import { render } from '../testing/render.ts'
import { ofKind, podOf, settingsOf, workloads } from '../testing/resources.ts'
import { schemas } from '../testing/settings-schemas.ts'

const readme = readFileSync(join(root, 'deploy/README.md'), 'utf8')
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, it]) => String(it))
/** The keys of each Secret, as the README lists them. */
const listed = new Map(
  [...readme.matchAll(/^\| (`[^|]*-secrets`[^|]*)\| ([^|]*)\|$/gm)].flatMap(([, names = '', keys = '']) =>
    quoted(names).map((name) => [name, quoted(keys)] as const),
  ),
)
const resources = await render('production')

it('needs no Secret that the README does not list', () => {
  const used = workloads(resources).flatMap((it) =>
    podOf(it).containers.flatMap(({ envFrom = [] }) =>
      envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []),
    ),
  )
  assert.deepEqual(new Set(used), new Set(listed.keys()))
})

it('starts with the settings of the overlay and the keys that the README names', async () => {
  const folder = await tempFolder()
  const values = secretFiles(folder)
  await removeTempFolder(folder)
  for (const [name, schema] of Object.entries(schemas)) {
    const workload = ofKind(resources, 'Deployment', 'Job').find((it) => it.metadata.name === name)
    assert.ok(workload, name)
    const keys = listed.get(`${name}-secrets`) ?? []
    const hidden = Object.fromEntries(keys.map((key) => [key, values[name]?.[key]]))
    const { plain } = settingsOf(podOf(workload).containers[0] as never, resources)
    readSettings(schema, { ...plain, ...hidden })
  }
})

it('names the passwords that NATS reads', () => {
  const files = ofKind(resources, 'ConfigMap').filter(({ metadata }) =>
    metadata.name.startsWith('nats-config'),
  )
  const text = files.flatMap(({ data = {} }) => Object.values(data)).join('\n')
  const read = [...text.matchAll(/password: \$(\w+)/g)].map(([, variable]) => variable)
  const keys = listed.get('nats-secrets')?.filter((key) => key.startsWith('NATS_'))
  assert.deepEqual(new Set(keys), new Set(read))
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { readSettings } from '@saucery/chassis/settings/settings'
import { root } from '@saucery/servers/install/folders'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { usersConf } from '../secrets/nats-users-file.ts'
import { secretFiles } from '../secrets/secret-files.ts'
import { render } from './render.ts'
import { ofKind, podOf, settingsOf, workloads } from './resources.ts'
import { schemas } from './schemas-of-settings.ts'

const readme = readFileSync(join(root, 'deploy/README.md'), 'utf8')
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, it]) => String(it))
/** What the README tells to put into each Secret. */
const told = new Map(
  [...readme.matchAll(/^\| (`[^|]*-secrets`[^|]*)\| ([^|]*)\|$/gm)].flatMap(([, names = '', keys = '']) =>
    quoted(names).map((name) => [name, quoted(keys)] as const),
  ),
)
const resources = await render('production')

it('needs no Secret that the README does not name', () => {
  const used = workloads(resources).flatMap((it) =>
    podOf(it).containers.flatMap(({ envFrom = [] }) =>
      envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []),
    ),
  )
  assert.deepEqual(new Set(used), new Set(told.keys()))
})

it('starts with the settings of the overlay and what the README names', async () => {
  const folder = await tempFolder()
  const values = secretFiles(folder)
  await removeTempFolder(folder)
  for (const [name, schema] of Object.entries(schemas)) {
    const workload = ofKind(resources, 'Deployment', 'Job').find((it) => it.metadata.name === name)
    assert.ok(workload, name)
    const keys = told.get(`${name}-secrets`) ?? []
    const hidden = Object.fromEntries(keys.map((key) => [key, values[name]?.[key]]))
    const { plain } = settingsOf(podOf(workload).containers[0] as never, resources)
    readSettings(schema, { ...plain, ...hidden })
  }
})

it('names the passwords that NATS reads', () => {
  const read = [...usersConf().matchAll(/password: \$(\w+)/g)].map(([, variable]) => variable)
  const keys = told.get('nats-secrets')?.filter((key) => key.startsWith('NATS_'))
  assert.deepEqual(new Set(keys), new Set(read))
})

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { parseEnv, promisify } from 'node:util'
import { readSettings } from '@saucery/chassis/settings/settings'
import { familyOf, publishers } from '@saucery/contracts/choreography'
import { root } from '@saucery/servers/install/folders'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { render } from '../testing/render.ts'
import { ofKind, podOf, settingsOf, workloads } from '../testing/resources.ts'
import { schemas } from '../testing/settings-schemas.ts'

const readme = readFileSync(join(root, 'deploy/README.md'), 'utf8')
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, it]) => String(it))
/** The keys of each Secret, as the README lists them. */
const listed = new Map(
  [...readme.matchAll(/^\| (`[^|]*-secrets`[^|]*)\| ([^|]*)\|$/gm)].flatMap(([, names = '', keys = '']) =>
    quoted(names).map((name) => [name, quoted(keys).filter((key) => /^[A-Z]/.test(key))] as const),
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

it('is given every setting by the commands of the README, and no key of this machine', async () => {
  const created = await runCommandsOfReadme()
  assert.deepEqual(new Set(created.keys()), new Set(listed.keys()))
  for (const [name, variables] of created)
    assert.deepEqual(new Set(Object.keys(variables)), new Set(listed.get(name)), name)
  for (const [name, schema] of Object.entries(schemas)) {
    const workload = ofKind(resources, 'Deployment', 'Job').find((it) => it.metadata.name === name)
    assert.ok(workload, name)
    const { plain } = settingsOf(podOf(workload).containers[0] as never, resources)
    readSettings(schema, { ...plain, ...created.get(`${name}-secrets`) })
  }
})

it('names the passwords that NATS reads', () => {
  const files = ofKind(resources, 'ConfigMap').filter(({ metadata }) =>
    metadata.name.startsWith('nats-config'),
  )
  const text = files.flatMap(({ data = {} }) => Object.values(data)).join('\n')
  const read = [...text.matchAll(/password: \$(\w+)/g)].map(([, variable]) => variable)
  const keys = listed.get('nats-secrets')
  assert.deepEqual(new Set(keys), new Set(read))
})

/** Runs the commands with a kubectl that only keeps what it is given. */
async function runCommandsOfReadme(): Promise<Map<string, Record<string, string>>> {
  const folder = await tempFolder()
  const program = (name: string, ...lines: string[]) =>
    writeFileSync(join(folder, name), ['#!/usr/bin/env bash', ...lines, ''].join('\n'), { mode: 0o755 })
  program('kubectl', `if [[ $5 = generic ]]; then cp "\${7#--from-env-file=}" "${folder}/$6"; fi`)
  program('npx', `shift; exec node --import tsx deploy/tools/src/secrets/secrets.ts "\${@:2}"`)
  const [, commands = ''] = /```sh\n(npx pnpm@12 deploy:secrets --production[^`]*)```/.exec(readme) ?? []
  const database = 'postgres://role:password@database.example/name?sslmode=verify-full'
  const urls = Object.fromEntries(
    publishers.map((service) => [`${familyOf(service).toUpperCase()}_URL`, database]),
  )
  const DASHBOARD_URL = 'mongodb://role:password@database.example/dashboard?tls=true'
  const PATH = `${folder}:${process.env.PATH}`
  const env = {
    ...process.env,
    ...urls,
    DASHBOARD_URL,
    SECRETS: join(folder, 'kept'),
    CERT: '',
    KEY: '',
    PATH,
  }
  await promisify(execFile)('bash', ['-euc', commands], { cwd: root, env })
  const names = readdirSync(folder).filter((name) => name.endsWith('-secrets'))
  const created = new Map(
    names.map((name) => [name, parseEnv(readFileSync(join(folder, name), 'utf8')) as Record<string, string>]),
  )
  await removeTempFolder(folder)
  return created
}

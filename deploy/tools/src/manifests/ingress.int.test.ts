import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { prefixes } from '@saucery/gateway/proxy/upstreams'
import { root } from '@saucery/servers/install/folders'
import { render } from '../testing/render.ts'
import { ofKind } from '../testing/resources.ts'

interface Path {
  readonly path: string
  readonly pathType: 'Exact' | 'Prefix'
  readonly backend: unknown
}

const [ingress] = ofKind(await render('production'), 'Ingress')
const rules = (ingress?.spec as { rules?: { http: { paths: Path[] } }[] } | undefined)?.rules ?? []
const paths = rules.flatMap(({ http }) => http.paths)
const admits = (path: string) =>
  paths.some(
    (rule) =>
      path === rule.path ||
      (rule.pathType === 'Prefix' && path.startsWith(`${rule.path.replace(/\/$/, '')}/`)),
  )

it('admits every call, the page and the API documents', () => {
  const openApi = JSON.parse(readFileSync(join(root, 'packages/gateway/generated/openapi.json'), 'utf8'))
  const pages = [
    '/',
    '/assets/app.js',
    '/favicon.svg',
    '/docs',
    '/docs/start.js',
    '/events',
    '/events/events.js',
    '/openapi.json',
    '/asyncapi.json',
    '/problems',
  ]
  for (const path of [...Object.keys(openApi.paths), ...Object.values(prefixes).flat(), ...pages])
    assert.ok(admits(path), path)
})

it('leads to the gateway alone', () => {
  for (const { backend } of paths)
    assert.deepEqual(backend, { service: { name: 'gateway', port: { name: 'http' } } })
})

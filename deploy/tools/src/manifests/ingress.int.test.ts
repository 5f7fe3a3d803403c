import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { prefixes } from '@saucery/gateway/proxy/upstreams'
import { root } from '@saucery/servers/install/folders'
import { render } from './render.ts'
import { ofKind } from './resources.ts'

interface Path {
  readonly path: string
  readonly pathType: 'Exact' | 'Prefix'
  readonly backend: unknown
}

const [ingress] = ofKind(await render('production'), 'Ingress')
const rules = (ingress?.spec as { rules?: { http: { paths: Path[] } }[] } | undefined)?.rules ?? []
const paths = rules.flatMap(({ http }) => http.paths)
const lets = (asked: string) =>
  paths.some(
    ({ path, pathType }) =>
      asked === path || (pathType === 'Prefix' && asked.startsWith(`${path.replace(/\/$/, '')}/`)),
  )

it('lets every call in, the page and what describes the calls', () => {
  const openApi = JSON.parse(readFileSync(join(root, 'packages/gateway/generated/openapi.json'), 'utf8'))
  const pages = [
    '/',
    '/assets/app.js',
    '/favicon.svg',
    '/docs',
    '/docs/start.js',
    '/openapi.json',
    '/asyncapi.json',
  ]
  for (const asked of [...Object.keys(openApi.paths), ...Object.values(prefixes).flat(), ...pages])
    assert.ok(lets(asked), asked)
})

it('keeps to itself what is for those who run it', () => {
  for (const asked of ['/metrics', '/livez', '/readyz']) assert.ok(!lets(asked), asked)
})

it('leads to the gateway alone', () => {
  for (const { backend } of paths)
    assert.deepEqual(backend, { service: { name: 'gateway', port: { name: 'http' } } })
})

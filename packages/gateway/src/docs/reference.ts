import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { pagePolicy } from '../page-policy.ts'

const require = createRequire(import.meta.url)

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Saucery API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="api"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
`

const start = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api', deepLinking: true, tryItOutEnabled: true })
`

const contentSecurityPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

const script = 'text/javascript; charset=utf-8'
const html = 'text/html; charset=utf-8'

const openApi = () => require.resolve('../../generated/openapi.json')

/** The paths of all calls, such as `/orders/{id}`. */
export async function openApiPaths(): Promise<string[]> {
  return Object.keys(JSON.parse(await readFile(openApi(), 'utf8')).paths)
}

/** Files by path: found and read on the first request, then kept. */
const files: [path: string, find: () => string, type: string, policy?: string][] = [
  ['/openapi.json', openApi, 'application/json'],
  ['/asyncapi.json', () => require.resolve('@saucery/contracts/generated/asyncapi.json'), 'application/json'],
  ['/events/events.css', () => require.resolve('../../pages/events.css'), 'text/css; charset=utf-8'],
  ['/events/events.js', () => require.resolve('../../pages/events.js'), script],
  ['/events', () => require.resolve('../../generated/events.html'), html, pagePolicy()],
  ['/problems', () => require.resolve('../../generated/problems.html'), html],
  ['/docs/swagger-ui.css', () => require.resolve('swagger-ui-dist/swagger-ui.css'), 'text/css'],
  ['/docs/swagger-ui-bundle.js', () => require.resolve('swagger-ui-dist/swagger-ui-bundle.js'), script],
]

/**
 * The OpenAPI and AsyncAPI documents, the events at `/events`, the list of problems, and Swagger UI at `/docs` to read
 * and try the calls.
 */
export function reference(): Hono {
  const app = new Hono()
  const compressed = compress({ threshold: 1024 })
  for (const [path, find, type, policy] of files) {
    let content: Promise<Buffer<ArrayBuffer>> | undefined
    app.get(path, compressed, async (c) => {
      content ??= readFile(find())
      if (policy !== undefined) c.header('content-security-policy', policy)
      return c.body(await content, 200, { 'content-type': type, 'cache-control': 'max-age=300' })
    })
  }
  app.get('/docs/start.js', compressed, (c) => c.body(start, 200, { 'content-type': script }))
  app.get('/docs', compressed, (c) => {
    c.header('content-security-policy', contentSecurityPolicy)
    return c.html(page)
  })
  return app
}

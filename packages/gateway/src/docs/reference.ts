import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'

const require = createRequire(import.meta.url)
const openApi = fileURLToPath(new URL('../../generated/openapi.json', import.meta.url))

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Saucery: the calls</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="calls"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
`

const start = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#calls', deepLinking: true, tryItOutEnabled: true })
`

const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

/** The calls and events as documents, and the calls as a page to read and to try. */
export function reference(): Hono {
  const app = new Hono()
  const file = (path: string, find: () => string, type: string) => {
    let content: Promise<Buffer<ArrayBuffer>> | undefined
    app.get(path, async (c) => {
      content ??= readFile(find())
      return c.body(await content, 200, { 'content-type': type, 'cache-control': 'max-age=300' })
    })
  }
  file('/openapi.json', () => openApi, 'application/json')
  file(
    '/asyncapi.json',
    () => require.resolve('@saucery/contracts/generated/asyncapi.json'),
    'application/json',
  )
  file('/docs/swagger-ui.css', () => require.resolve('swagger-ui-dist/swagger-ui.css'), 'text/css')
  const script = 'text/javascript; charset=utf-8'
  file('/docs/swagger-ui-bundle.js', () => require.resolve('swagger-ui-dist/swagger-ui-bundle.js'), script)
  app.get('/docs/start.js', (c) => c.body(start, 200, { 'content-type': script }))
  app.get('/docs', (c) => {
    c.header('content-security-policy', policy)
    return c.html(page)
  })
  return app
}

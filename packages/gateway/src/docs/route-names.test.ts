import assert from 'node:assert/strict'
import { it } from 'node:test'
import { openApiPaths } from './reference.ts'
import { routeNames } from './route-names.ts'

it('the route of a path is one of a fixed list, however a client spells the path', async () => {
  const nameOf = routeNames(await openApiPaths())
  const routes = {
    '/orders': '/orders',
    '/orders/0199': '/orders/{id}',
    '/orders/0199/cancel': '/orders/{id}/cancel',
    '/orderDashboards/live': '/orderDashboards/live',
    '/orderDashboards/0199': '/orderDashboards/{id}',
    '/operations/order/dead-letters/7/send-back': '/operations/order/dead-letters/{sequence}/send-back',
    '/': '/',
    '/docs': '/docs',
    '/assets/app-4a5b.js': '/assets/*',
  }
  assert.deepEqual(Object.fromEntries(Object.keys(routes).map((path) => [path, nameOf(path)])), routes)
  for (const path of ['', '/orders/', '/orders/a/b', '/ORDERS', '/orders/a/cancel/b', '//orders', '/nowhere'])
    assert.equal(nameOf(path), 'none', path)
})

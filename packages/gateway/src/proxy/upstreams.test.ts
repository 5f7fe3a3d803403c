import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Pool } from 'undici'
import { readinessOf } from './upstreams.ts'

// As with a Kubernetes Service that has no pod: the connection is neither accepted nor refused. Without the limit the
// gateway's own /readyz would time out, and Kubernetes would send the gateway no more requests.
it('reports a service as unreachable when connecting takes too long', { timeout: 5000 }, async () => {
  const pool = new Pool('http://delivery', { connect: () => {} })
  assert.equal(await readinessOf({ pool }, 50), 'unreachable')
})

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Pool } from 'undici'
import { readinessOf } from './upstreams.ts'

// As where nobody is behind a Service, and what would refuse the connection is not sent: else the gateway itself
// would take so long to say that it is ready that no request reached it any more.
it('takes a service for unreachable when connecting to it takes too long', { timeout: 5000 }, async () => {
  const pool = new Pool('http://delivery', { connect: () => {} })
  assert.equal(await readinessOf({ pool }, 50), 'unreachable')
})

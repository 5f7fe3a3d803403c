import assert from 'node:assert/strict'
import { it } from 'node:test'
import { installedVersion } from '../testing/installed-version.ts'

const recheck = `nats/driver.ts was written for another version of nats.js. Check in its sources that the connection
still reads options.ignoreAuthErrorAbort whenever the server refuses it, that a pull with a callback still gets its messages
from the subscription in its member sub and ends by the timer in its member timeout, and that a connection still makes its transports with the exported class
NodeTransport and reads nothing from one whose member done is true, and that it dials when reconnectDelayHandler returns
-Infinity; then run nats/driver.int.test.ts and
nats/frozen-broker.int.test.ts and change this test.`

it('the private parts of nats.js are those of the installed version', () => {
  assert.equal(installedVersion('nats'), '2.29.3', recheck)
})

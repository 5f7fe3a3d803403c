import assert from 'node:assert/strict'
import { root } from '@saucery/servers/install/folders'
import { run } from '@saucery/servers/process/run'
import type { RunningSystem } from '../support/running-system.ts'
import { runbookCommands } from './shipped-observability.ts'

/** Runs every command of a runbook, with the variables that docs/runbooks/README.md names. */
export async function runRunbook(
  path: string,
  { urls, managementUrls }: Pick<RunningSystem, 'urls' | 'managementUrls'>,
  prometheus: string,
): Promise<void> {
  const { order, payment, delivery, dashboard } = managementUrls
  const variables = { GATEWAY: urls.gateway, PROMETHEUS: prometheus, TOKEN: '' }
  const management = { ORDER: order, PAYMENT: payment, DELIVERY: delivery, DASHBOARD: dashboard }
  const env = { ...process.env, ...variables, ...management }
  const blocks = runbookCommands(path)
  assert.ok(blocks.length > 0, `${path} has no command`)
  for (const block of blocks) {
    const ended = await run('bash', ['-euo', 'pipefail', '-c', block], { cwd: root, env, timeout: 20_000 })
    const { code, stdout, stderr } = ended
    assert.equal(code, 0, `${path}:\n${block}${stderr}`)
    // An answer that says that the command itself is wrong, not that the system is.
    assert.doesNotMatch(stdout, /"status":"error"|"code":"(invalid-input|no-such-route|not-found)"/, block)
  }
}

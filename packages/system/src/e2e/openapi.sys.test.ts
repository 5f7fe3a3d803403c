import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, it } from 'node:test'
import { publishers } from '@saucery/contracts/choreography'
import { signToken } from '@saucery/local/access/sign-in'
import { run } from '@saucery/servers/process/run'
import { runningSystem } from '../support/running-system.ts'
import { findSchemathesis } from '../testing/find-schemathesis.ts'

const seed = Number(process.env.FUZZ_SEED || Math.floor(Math.random() * 2 ** 31))
const examplesPerCall = Number(process.env.FUZZ_EXAMPLES || 2)

/**
 * What is not asked: whether all that the schemas allow is accepted. A schema cannot say that qty × price has to be a
 * number that can be counted, or that there is an order of that id.
 */
const leftOut = 'positive_data_acceptance'

/** An answer that never ends. (live.int.test, and page.sys.test through the gateway) */
const endless = 'followOrderDashboards'

/**
 * Three services have the same calls for operators, made by the same code. Each role is sent to those of one of them, and
 * the seed decides which: the calls of all three by all roles would take a sixth of the whole suite's time.
 */
const alike = publishers
const sparedBy = (role: number) => alike.filter((_, i) => i !== (seed + role) % alike.length)

const callers = [{ role: 'operator' }, { role: 'branch', branch: '1' }, { role: 'courier' }] as const

describe('the calls', { timeout: 600_000 }, () => {
  it('keep what the OpenAPI document promises to each role, whatever is sent to them', async (t) => {
    const fuzzer = await findSchemathesis({ print: (text) => t.diagnostic(text) })
    if ('missing' in fuzzer) {
      assert.ok(!process.env.CI, fuzzer.missing)
      t.diagnostic(`LEFT OUT: ${fuzzer.missing}`)
      return
    }
    await using system = await runningSystem({ AUTH: 'on' })
    t.diagnostic(`FUZZ_SEED=${seed}`)
    for (const [role, caller] of callers.entries()) {
      const token = await signToken(system.dataDir, caller)
      const options = [
        ['--seed', String(seed)],
        ['--max-examples', String(examplesPerCall)],
        ['--exclude-checks', leftOut],
        ['--exclude-operation-id', endless],
        ['--exclude-path-regex', `^/operations/(${sparedBy(role).join('|')})/`],
        ['--header', `Authorization: Bearer ${token}`],
        ['--warnings', 'off'],
        ['--no-color'],
      ].flat()
      const document = `${system.urls.gateway}/openapi.json`
      const { code, stdout, stderr } = await run(fuzzer.file, [...fuzzer.args, 'run', document, ...options], {
        env: fuzzer.env,
        // It leaves its database of examples where it is started.
        cwd: tmpdir(),
      })
      t.diagnostic(`${caller.role}:\n${stdout.split('\n').slice(-25).join('\n')}`)
      assert.equal(code, 0, `${caller.role}: ${stdout}${stderr}`)
      assert.deepEqual([...system.errors], [], caller.role)
    }
  })
})

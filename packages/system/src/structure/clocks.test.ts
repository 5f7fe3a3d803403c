import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { assertNone } from './testing/assert-none.ts'
import { packageFolders, sourceFiles, workspaceRoot } from './testing/sources.ts'

/** Where `Date.now()` is right, and what it is compared with. */
const byTheWallClock: Record<string, string> = {
  'packages/chassis/src/auth/caller-token.ts': 'the time in a token',
  'packages/chassis/src/auth/token-cache.ts': 'the time in a token',
  'packages/dashboard/src/http/app.ts': 'the times in events',
  'packages/dashboard/src/http/statistics.ts': 'the times in events',
  'packages/dashboard/src/live/clients.ts': 'the time in a token',
  'packages/dashboard/src/live/feed.ts': 'the times in events',
  'packages/dashboard/src/operations/consumer-ages.ts': 'when the broker stored a message',
  'packages/dashboard/src/operations/orders-by-status.ts': 'the times in events',
  'packages/dashboard/src/operations/overdue.ts': 'the times in events',
  'packages/dashboard/src/projection/builder.ts': 'when other processes used a projection',
  'packages/dashboard/src/store/dead-letter-document.ts': 'until when the server keeps a dead letter',
  'packages/dashboard/src/store/operator-store.ts': 'until when another replica works on a job',
  'packages/dashboard/src/store/dead-letter-store.ts': 'when a dead letter was saved',
  'packages/dashboard/src/store/drill-documents.ts': 'until when a drill lasts, for every process',
  'packages/delivery/src/deadlines.ts': 'the times in events',
  'packages/gateway/src/auth/verify-token.ts': 'the time in a token',
  'packages/gateway/src/operations/drills.ts': 'until when a drill lasts, as it is shown',
  'packages/gateway/src/operations/freezer.ts': 'until when a server is frozen, for another process',
  'packages/local/src/system/freezing.ts': 'until when a server is frozen, as another process wrote it',
  'packages/local/src/access/sign-in.ts': 'the time in a token',
  'packages/local/src/cli/attend.ts': 'the times in events',
  'packages/messaging/src/consumer/past-moment.ts': 'the times in events',
  'packages/messaging/src/inbox/inbox.ts': 'the times in ids',
  'packages/messaging/src/operator/postgres-operator-store.ts': 'the times in ids',
  'packages/messaging/src/outbox/outbox-table.ts': 'the times in ids',
  'packages/dashboard/src/store/milestones.ts': 'until when an earlier release may write, for every process',
  'packages/ops/src/commands/doctor.ts': 'the clock of the gateway',
  'packages/ops/src/commands/filter.ts': 'the times of dead letters',
  'packages/ops/src/render/order.ts': 'the times in stories',
  'packages/order/src/payment-wait/wait.ts': 'tells payment until when it may charge',
  'packages/servers/src/mongodb/download.ts': 'the time of a file',
  'packages/system/src/docs/past-hour.ts': 'the times in events',
}

// The wall clock can be set while a process waits: by two hours back, and it waits for two hours more.
it('durations are measured by performance.now, not by Date.now', () => {
  const uses = packageFolders()
    .filter((folder) => folder.startsWith('packages/') && folder !== 'packages/web')
    .flatMap((folder) => sourceFiles(folder).map((file) => `${folder}/src/${file}`))
    .filter((path) => !/\/testing\/|\/mutants\/tables\//.test(path))
    .filter((path) => readFileSync(join(workspaceRoot, path), 'utf8').includes('Date.now('))
  assert.deepEqual(
    Object.keys(byTheWallClock).filter((path) => !uses.includes(path)),
    [],
    'named here without a use',
  )
  assertNone(uses.filter((path) => !(path in byTheWallClock)))
})

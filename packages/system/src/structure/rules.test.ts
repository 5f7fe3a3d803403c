import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { structure } from './layers.ts'
import { cruiseWorkspace } from './testing/cruise.ts'
import type { RuleName } from './testing/rules.ts'
import { soundWorkspace, type WorkspaceFiles, writeWorkspace } from './testing/small-workspace.ts'

/** What breaks each rule: a file, its text, and what that imports. */
const breaks: Record<RuleName, [what: string, file: string, text: string, to: string][]> = {
  'room-order': [
    [
      'a room that imports one above it',
      'packages/messaging/src/nats/connection.ts',
      "import '../outbox/publisher.ts'",
      'packages/messaging/src/outbox/publisher.ts',
    ],
    [
      'a room that imports one beside it, for a type',
      'packages/messaging/src/nats/stream-reader.ts',
      "import type { Database } from '../postgres/database.ts'",
      'packages/messaging/src/postgres/database.ts',
    ],
    [
      'a file of src that passes on what is above it',
      'packages/messaging/src/unit-of-work.ts',
      "export * from './participant.ts'",
      'packages/messaging/src/participant.ts',
    ],
    [
      'a room of .tsx',
      'packages/web/src/api/client.tsx',
      "import '../ui/parts.tsx'; export const Client = () => <p />",
      'packages/web/src/ui/parts.tsx',
    ],
  ],
  'package-order': [
    [
      'a package that imports one above it, when it runs',
      'packages/messaging/src/async/backoff.ts',
      "await import('@saucery/chassis/http/problem')",
      'packages/chassis/src/http/problem.ts',
    ],
    [
      'a package that passes on one beside it',
      'packages/payment/src/store.ts',
      "export { evolve } from '@saucery/order/domain'",
      'packages/order/src/domain.ts',
    ],
    [
      'a test that imports a package above its own',
      'packages/messaging/src/log.test.ts',
      "import '@saucery/chassis/http/problem'",
      'packages/chassis/src/http/problem.ts',
    ],
    [
      'a service that starts its own stores',
      'packages/chassis/src/lifecycle/boot.ts',
      "import '@saucery/servers/nats/start-nats'",
      'packages/servers/src/nats/start-nats.ts',
    ],
  ],
  'no-cycles': [
    [
      'a cycle of types alone',
      'packages/web/src/ui/page.ts',
      "import { type Paged } from './paged.tsx'",
      'packages/web/src/ui/paged.tsx → packages/web/src/ui/page.ts',
    ],
  ],
  'pure-domain': [
    [
      'a domain that imports from npm',
      'packages/order/src/domain.ts',
      "import 'installed'",
      'installed/index.js',
    ],
    ['a domain that imports from Node', 'packages/order/src/domain.ts', "import 'node:crypto'", 'crypto'],
    [
      'a domain that imports a type of another package',
      'packages/order/src/domain.ts',
      "import type { Problem } from '@saucery/chassis/http/problem'",
      'packages/chassis/src/http/problem.ts',
    ],
    [
      'a domain that imports a value of its own package',
      'packages/order/src/domain.ts',
      "import { orders } from './schema.ts'",
      'packages/order/src/schema.ts',
    ],
    [
      'a domain that imports a value beside a type',
      'packages/payment/src/domain.ts',
      "import { type Row, payments } from './schema.ts'",
      'packages/payment/src/schema.ts',
    ],
  ],
  'no-test-helpers-in-product': [
    [
      'a helper of tests in product code',
      'packages/messaging/src/inbox/inbox.ts',
      "import '../testing/servers.ts'",
      'packages/messaging/src/testing/servers.ts',
    ],
    [
      'a helper of the tests of another package in product code',
      'packages/order/src/api.ts',
      "import '@saucery/messaging/testing/servers'",
      'packages/messaging/src/testing/servers.ts',
    ],
    [
      'a test in product code',
      'packages/messaging/src/inbox/inbox.ts',
      "import '../nats/streams.test.ts'",
      'packages/messaging/src/nats/streams.test.ts',
    ],
  ],
  'no-dev-dependencies-in-images': [
    [
      'a package of npm that only tests have',
      'packages/messaging/src/events/event.ts',
      "import 'dev-only'",
      'dev-only/index.js',
    ],
    [
      'a package of npm that its own does not declare',
      'packages/messaging/src/events/event.ts',
      "import 'undeclared'",
      'undeclared/index.js',
    ],
    [
      'a package of the workspace that its own does not declare',
      'packages/payment/src/store.ts',
      "import '@saucery/messaging/log'",
      'packages/messaging/src/log.ts',
    ],
    [
      'a package of the workspace that only tests have',
      'packages/chassis/src/lifecycle/boot.ts',
      "import '@saucery/servers/nats/start-nats'",
      'packages/servers/src/nats/start-nats.ts',
    ],
  ],
  'private-modules': [
    [
      'a module that its package does not export',
      'packages/messaging/src/events/cloud-events.ts',
      "import '@saucery/contracts/private'",
      '@saucery/contracts/private',
    ],
    [
      'a path into another package',
      'packages/messaging/src/events/cloud-events.ts',
      "import '../../../contracts/src/private.ts'",
      'packages/contracts/src/private.ts',
    ],
    [
      'a module that is not there',
      'packages/messaging/src/events/cloud-events.ts',
      "import './gone.ts'",
      './gone.ts',
    ],
  ],
}

const cases = Object.entries(breaks).flatMap(([rule, broken]) =>
  broken.map(([what, file, text, to]) => ({ rule, what, file, text, line: `${file} → ${to} (${rule}` })),
)

/** All cases in one workspace, because each cruise takes a third of a second. */
const broken: WorkspaceFiles = { ...soundWorkspace }
for (const { file, text } of cases) broken[file] = `${broken[file] ?? ''}\n${text}`

async function linesOf(files: WorkspaceFiles): Promise<string[]> {
  using folder = writeWorkspace(files)
  const { violations } = await cruiseWorkspace(folder.path, structure)
  return violations.map(({ line }) => line.split(': ')[0] as string)
}

describe('the rules', async () => {
  it('are silent on a workspace that keeps them', async () => {
    assert.deepEqual(await linesOf(soundWorkspace), [])
  })

  const found = await linesOf(broken)

  for (const { rule, what, line } of cases)
    it(`find ${what} (${rule})`, () => {
      assert.ok(found.includes(line), `\n${found.join('\n')}`)
    })

  it('find nothing else', () => {
    const expected = new Set(cases.map(({ line }) => line))
    assert.deepEqual(
      found.filter((line) => !expected.has(line)),
      [],
    )
  })
})

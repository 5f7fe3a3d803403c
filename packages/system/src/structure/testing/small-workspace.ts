import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** The text of each file by its path. */
export type WorkspaceFiles = Record<string, string>

/** A small workspace that keeps every rule, and each only just. */
export const soundWorkspace: WorkspaceFiles = {
  'tsconfig.build.json': JSON.stringify({
    include: ['packages/*/src'],
    exclude: ['packages/*/src/testing', 'packages/*/src/**/*.test.ts', 'packages/servers', 'packages/local'],
  }),
  ...manifest('packages/contracts', {
    exports: { './order': './src/order.ts', './define': './src/define.ts' },
  }),
  ...manifest('packages/servers'),
  ...manifest('packages/messaging', {
    dependencies: ['@saucery/contracts', '@saucery/chassis', 'installed'],
    devDependencies: ['@saucery/servers', 'dev-only'],
  }),
  ...manifest('packages/chassis', { devDependencies: ['@saucery/servers'] }),
  ...manifest('packages/order', {
    dependencies: ['@saucery/contracts', '@saucery/messaging', '@saucery/chassis', 'installed'],
  }),
  ...manifest('packages/payment', { dependencies: ['@saucery/order'] }),
  ...manifest('packages/web', { dependencies: ['installed'] }),
  ...manifest('packages/local', { dependencies: ['@saucery/servers'] }),
  ...manifest('deploy/tools'),
  ...manifest('deploy/experiments', { dependencies: ['@saucery/tools'] }),
  ...installed('installed', 'dev-only', 'undeclared'),
  'packages/contracts/src/define.ts': 'export type Named = string',
  'packages/contracts/src/order.ts': "export * from './define.ts'",
  'packages/contracts/src/private.ts': '',
  'packages/servers/src/nats/start-nats.ts': '',
  'packages/messaging/src/log.ts': "import 'node:util'",
  'packages/messaging/src/nats/streams.ts':
    "import '../log.ts'; import 'installed'; import './direct-get.ts'",
  'packages/messaging/src/nats/direct-get.ts': "import { type Named } from '@saucery/contracts/order'",
  'packages/messaging/src/postgres/database.ts': '',
  'packages/messaging/src/outbox/publisher.ts': "await import('../nats/streams.ts')",
  'packages/messaging/src/participant.ts': "import './outbox/publisher.ts'",
  'packages/messaging/src/testing/servers.ts':
    "import '@saucery/servers/nats/start-nats'; import 'dev-only'; import '../participant.ts'",
  'packages/messaging/src/nats/streams.test.ts':
    "import '../testing/servers.ts'; import '../participant.ts'; import '@saucery/servers/nats/start-nats'",
  'packages/chassis/src/http/problem.ts': '',
  'packages/order/src/schema.ts': "import 'installed'",
  'packages/order/src/domain.ts':
    "import type { Row } from './schema.ts'; import { placed } from '@saucery/contracts/order'",
  'packages/order/src/store.ts': "import { type Order, evolve } from './domain.ts'; import './schema.ts'",
  'packages/payment/src/schema.ts': '',
  'packages/web/src/api/api.ts': '',
  'packages/web/src/ui/parts.tsx': "import '../api/api.ts'; export const Part = () => <p />",
  'packages/web/src/ui/page.ts': '',
  'packages/web/src/ui/paged.tsx': "import type { Page } from './page.ts'",
  'packages/local/src/system/stores.ts': "import '@saucery/servers/nats/start-nats'",
  'deploy/tools/src/secrets/secrets.ts': '',
  'deploy/experiments/src/until.ts': "import '@saucery/tools/secrets/secrets'",
}

/** Writes them to a temporary folder, with the links between packages that pnpm would make. */
export function writeWorkspace(files: WorkspaceFiles): Disposable & { readonly path: string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'saucery-walls-')))
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true })
    writeFileSync(join(path, file), text)
  }
  mkdirSync(join(path, 'node_modules/@saucery'))
  for (const file of Object.keys(files).filter((name) => /^(?!node_modules).*package\.json$/.test(name)))
    symlinkSync(dirname(join(path, file)), join(path, 'node_modules/@saucery', basename(dirname(file))))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

function manifest(
  folder: string,
  {
    exports = { './*': './src/*.ts' },
    dependencies = [],
    devDependencies = [],
  }: { exports?: WorkspaceFiles; dependencies?: string[]; devDependencies?: string[] } = {},
): WorkspaceFiles {
  const named = (names: string[]) => Object.fromEntries(names.map((name) => [name, '*']))
  return {
    [`${folder}/package.json`]: JSON.stringify({
      name: `@saucery/${basename(folder)}`,
      exports,
      dependencies: named(dependencies),
      devDependencies: named(devDependencies),
    }),
  }
}

/** Packages of npm. */
function installed(...names: string[]): WorkspaceFiles {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, exports: './index.js' })],
      [`node_modules/${name}/index.js`, ''],
    ]),
  )
}

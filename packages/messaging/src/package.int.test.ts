// What npm users get: the tarball, installed outside the workspace, run by plain Node on the driver as it is published.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { installPacked } from '@saucery/servers/testing/install-packed'
import { testNats } from '@saucery/servers/testing/servers'
import { sql } from 'drizzle-orm'
import { stamp } from './events/event.ts'
import { ensureStream } from './nats/streams.ts'
import { cause } from './testing/counters.ts'
import { eventually } from './testing/eventually.ts'
import { testKey } from './testing/keys.ts'
import { messagesOf, publishEvent } from './testing/messages.ts'
import { testBroker, testDatabase } from './testing/servers.ts'

const source = join(root, 'packages/messaging')

const example = /```js\n(\/\/ shop\.mjs[\s\S]*?)```/.exec(
  readFileSync(join(source, 'README.md'), 'utf8'),
)?.[1]

/** Does not compile with types that are missing, since then nothing is an error. */
const wrongUse = `import { openParticipant } from '@saucery/messaging/participant'
import { openDatabase } from '@saucery/messaging/postgres/database'
// @ts-expect-error
openDatabase(1)
// @ts-expect-error
openParticipant({ db: 1 })
`

const returned = (book: string) =>
  stamp(
    { name: 'Returned', version: 1, subject: `library.returned.${book}`, data: { copies: 1 } },
    cause(),
    new Date(),
  )

describe('the package', () => {
  let packed: Awaited<ReturnType<typeof installPacked>>
  const installed = (...path: string[]) => join(packed.folder, 'node_modules/@saucery/messaging', ...path)

  before(async () => {
    packed = await installPacked(source)
    const { folder } = packed
    writeFileSync(join(folder, 'shop.mjs'), String(example))
    writeFileSync(join(folder, 'wrong.mjs'), wrongUse)
    writeFileSync(join(folder, 'shop.pem'), testKey.export({ type: 'pkcs8', format: 'pem' }))
    const publicKey = createPublicKey(testKey).export({ type: 'spki', format: 'pem' })
    writeFileSync(join(folder, 'library.pub.pem'), publicKey)
  })
  after(() => packed[Symbol.asyncDispose]())

  it('has compiled modules, source maps, types, README, licence and changelog', () => {
    const files = readdirSync(installed(), { recursive: true, encoding: 'utf8' })
    for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md']) assert.ok(files.includes(name), name)
    const modules = files.filter((name) => name.endsWith('.js'))
    assert.ok(modules.length > 50)
    for (const name of modules) {
      assert.ok(files.includes(name.replace(/\.js$/, '.d.ts')), name)
      const map = JSON.parse(readFileSync(installed(`${name}.map`), 'utf8'))
      assert.ok(map.sourcesContent[0].length > 0, name)
    }
    assert.deepEqual(
      files.filter((name) => /(?<!\.d)\.ts$|\.test\.|node_modules/.test(name)),
      [],
    )
  })

  it('exports its public modules and no others, and leaves it to the user to bring the drivers', async () => {
    const { exports, dependencies, peerDependencies } = JSON.parse(
      readFileSync(installed('package.json'), 'utf8'),
    )
    assert.deepEqual(Object.keys(dependencies), ['signal-exit', 'uuid'])
    assert.deepEqual(Object.keys(peerDependencies), ['@opentelemetry/api', 'drizzle-orm', 'nats', 'postgres'])
    const modules = Object.keys(exports).map((path) => `@saucery/messaging/${path.slice(2)}`)
    const load = `for (const it of ${JSON.stringify(modules)}) await import(it)
      await import('@saucery/messaging/postgres/driver').then(() => process.exit(1), ({ code }) => console.log(code))`
    const printed = await packed.run(process.execPath, ['--input-type=module', '-e', load])
    assert.equal(printed.trim(), 'ERR_PACKAGE_PATH_NOT_EXPORTED')
  })

  it('has types that the example of the README keeps to', async () => {
    const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node', '--skipLibCheck']
    const checks = ['--noEmit', '--allowJs', '--checkJs', '--strict', '--noImplicitAny', 'false']
    const modules = ['--module', 'nodenext', '--target', 'es2023', 'shop.mjs', 'wrong.mjs']
    await packed.run(join(root, 'node_modules/.bin/tsc'), [...checks, ...types, ...modules])
  })

  it('runs the example of the README, killed in the middle, and loses and doubles nothing', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using library = await testBroker(nats.url, { name: 'library' })
    await ensureStream(library.jsm, { name: 'LIBRARY', subjects: ['library.>'] }, 1)
    const { folder: cwd, env } = packed
    const urls = { POSTGRES_URL: database.url, NATS_URL: nats.url }
    const start = () =>
      spawn(process.execPath, ['shop.mjs'], { cwd, env: { ...env, ...urls }, stdio: 'inherit' })
    const books = ['dune', 'emma', 'ulysses']
    const rounds = [0, 1, 2, 3].map(() =>
      books.flatMap((book) => Array.from({ length: 17 }, () => returned(book))),
    )
    const events = rounds.flat()
    const published = async () =>
      (await library.jsm.streams.info('SHOP').catch(() => undefined))?.state.messages ?? 0

    let shop: ChildProcess | undefined
    const interrupted: number[] = []
    try {
      for (const [i, round] of rounds.entries()) {
        const before = await published()
        for (const event of round) await publishEvent(library, event)
        shop = start()
        if (i === rounds.length - 1) break
        await eventually(async () => assert.ok((await published()) > before, 'it has begun'), 30_000, 1)
        const ended = once(shop, 'exit')
        shop.kill('SIGKILL')
        await ended
        interrupted.push(await published())
      }
      assert.ok(
        interrupted.some((messages, i) => messages < rounds.slice(0, i + 1).flat().length),
        'in the middle',
      )
      const causes = await eventually(async () => {
        assert.equal(await published(), events.length)
        const found = await messagesOf(library, 'SHOP')
        return found.map((message) => message.header('ce-causationid'))
      })
      assert.deepEqual(new Set(causes), new Set(events.map(({ id }) => id)))
      const shelves = await database.db.execute(sql`select book, copies from shelves order by book`)
      assert.deepEqual(
        [...shelves],
        books.map((book) => ({ book, copies: 17 * rounds.length })),
      )
      const ended = once(shop as ChildProcess, 'exit')
      shop?.kill('SIGTERM')
      const [code] = await ended
      assert.equal(code, 0)
    } finally {
      shop?.kill('SIGKILL')
    }
  })
})

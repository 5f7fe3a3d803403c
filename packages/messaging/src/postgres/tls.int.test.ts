import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { testCertificates } from '@saucery/servers/testing/certificates'
import { sql } from 'drizzle-orm'
import { eventually } from '../testing/eventually.ts'
import { tlsPostgres } from '../testing/tls-postgres.ts'
import { isDatabaseOutage, isLoginRefused, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'

const certificates = await testCertificates()
const noMigrations = new URL('../testing/no-migrations/', import.meta.url)

describe('a database whose URL demands TLS', () => {
  let server: Awaited<ReturnType<typeof tlsPostgres>>
  let folder = ''
  let ca = ''

  before(async () => {
    folder = await tempFolder()
    ca = join(folder, 'ca.pem')
    writeFileSync(ca, certificates.ca)
    server = await tlsPostgres()
  })
  after(async () => {
    await server[Symbol.asyncDispose]()
    await removeTempFolder(folder)
  })

  const urlOf = (host: string, parameters: Record<string, string>) => {
    const url = new URL(server.url)
    url.hostname = host
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    return url.href
  }
  const verifyFull = (host: string) => urlOf(host, { sslmode: 'verify-full', sslrootcert: ca })
  /** Whether the connection that the first statement gets is encrypted. */
  async function isEncrypted(url: string): Promise<boolean | undefined> {
    const pool = openDatabase(url, 'test', { connections: 1 })
    const asked = pool.db.execute<{ ssl: boolean }>(
      sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`,
    )
    return (await asked.finally(pool.close))[0]?.ssl
  }

  it('is not reached without TLS, and that is an outage', async () => {
    for (const sslmode of ['require', 'verify-ca', 'verify-full'])
      await assert.rejects(isEncrypted(urlOf('127.0.0.1', { sslmode })), isDatabaseOutage)
  })

  for (const host of ['localhost', '127.0.0.1'])
    it(`is reached at ${host} with a certificate for it`, async () => {
      await server.use(certificates.right)
      await eventually(async () => assert.equal(await isEncrypted(verifyFull(host)), true))
    })

  for (const [which, certificate] of Object.entries(certificates.wrong))
    it(`is not reached with a certificate ${which}, until it has the right one`, async () => {
      await server.use(certificate)
      const url = verifyFull('127.0.0.1')
      await eventually(() =>
        assert.rejects(isEncrypted(url), (error) => isDatabaseOutage(error) && !isLoginRefused(error)),
      )
      await assert.rejects(migrate(url, noMigrations), isDatabaseOutage)
      const pool = openDatabase(url, 'test')
      await assert.rejects(pool.isUp(), isDatabaseOutage)
      await server.use(certificates.right)
      await eventually(async () => assert.ok(await pool.isUp(), 'not yet'))
      await pool.close()
    })

  it('may have a certificate for another name with verify-ca, and any with require', async () => {
    await server.use(certificates.wrong['for another host'])
    const verifyCa = urlOf('127.0.0.1', { sslmode: 'verify-ca', sslrootcert: ca })
    await eventually(async () => assert.equal(await isEncrypted(verifyCa), true))
    await server.use(certificates.wrong['of another authority'])
    await eventually(() => assert.rejects(isEncrypted(verifyCa), isDatabaseOutage))
    // With an authority it means the same.
    const requireCa = urlOf('127.0.0.1', { sslmode: 'require', sslrootcert: ca })
    await assert.rejects(isEncrypted(requireCa), isDatabaseOutage)
    assert.equal(await isEncrypted(urlOf('127.0.0.1', { sslmode: 'require' })), true)
  })
})

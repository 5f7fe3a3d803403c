import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { certificateAuthority } from '@saucery/servers/testing/certificates'
import { certificatesIn } from './certificate-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
after(() => rmSync(folder, { recursive: true }))
const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
const authority = await certificateAuthority()

async function renew() {
  const issued = await authority.issue(['localhost'])
  writeFileSync(files.cert, issued.cert)
  writeFileSync(files.key, issued.key)
  return issued
}

it('takes renewed certificates, and not broken ones', async () => {
  const first = await renew()
  const certificates = certificatesIn(files)
  assert.equal(certificates().cert, first.cert)
  assert.equal(certificates(), certificates())
  const second = await renew()
  assert.equal(certificates().cert, second.cert)
  const third = await authority.issue(['localhost'])
  for (const broken of ['', third.cert.slice(0, 200), third.cert]) {
    writeFileSync(files.cert, broken)
    assert.equal(certificates().cert, second.cert)
  }
  rmSync(files.cert)
  assert.equal(certificates().cert, second.cert)
  writeFileSync(files.cert, third.cert)
  writeFileSync(files.key, third.key)
  assert.equal(certificates().cert, third.cert)
})

it('refuses files that are missing or broken at first', () => {
  assert.throws(() => certificatesIn({ ca: join(folder, 'missing.pem') }), { code: 'ENOENT' })
  const blank = join(folder, 'blank.pem')
  writeFileSync(blank, '')
  assert.throws(() => certificatesIn({ ca: blank }))
  writeFileSync(files.key, 'no key')
  assert.throws(() => certificatesIn(files))
})

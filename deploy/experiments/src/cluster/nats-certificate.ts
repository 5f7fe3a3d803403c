import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { applyObject, namespace } from './kubectl.ts'

const names = [0, 1, 2].map((i) => `DNS:nats-${i}.nats-headless`).join(',')
let trusted: Awaited<ReturnType<typeof certificate>> | undefined

/**
 * Gives NATS a certificate of an authority that the services know. `of another authority` changes the certificate, but
 * not the authority. Pods see a changed Secret after about a minute, new pods at once.
 */
export async function createNatsCertificate(which?: 'of another authority'): Promise<void> {
  trusted ??= await certificate()
  const { cert, key } = which ? await certificate() : trusted
  const stringData = { 'tls.crt': cert, 'tls.key': key, 'ca.crt': trusted.ca }
  const metadata = { name: 'nats-tls', namespace }
  await applyObject({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata, stringData })
}

/** A certificate for the servers, of a new authority. Needs OpenSSL 3. */
async function certificate() {
  const cwd = await mkdtemp(`${tmpdir()}/saucery-certificates-`)
  const request = async (name: string, ...args: string[]) => {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${name}`]
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '10']
    await promisify(execFile)('openssl', ['req', '-x509', ...key, ...files, ...args], { cwd })
  }
  try {
    await request('ca')
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-addext', `subjectAltName=${names}`]
    await request('nats', ...signed, '-addext', 'basicConstraints=CA:FALSE')
    const read = (file: string) => readFile(`${cwd}/${file}`, 'utf8')
    return { ca: await read('ca.crt'), cert: await read('nats.crt'), key: await read('nats.key') }
  } finally {
    await rm(cwd, { recursive: true })
  }
}

// @peculiar/x509 needs it, and leaves it to the program to load it.
import 'reflect-metadata'

import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  BasicConstraintsExtension,
  cryptoProvider,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 24 * 3_600_000
let serial = 1

/** A certificate authority of the test's own, which issues certificates for servers and clients. */
export async function certificateAuthority() {
  cryptoProvider.set(webcrypto as never)
  const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const common = (from: number) => ({
    signingAlgorithm: algorithm,
    notBefore: new Date(from),
    notAfter: new Date(from + 10 * day),
    serialNumber: (serial++).toString(16).padStart(8, '0'),
  })
  const name = `CN=authority ${serial}`
  const keys = await newKeys()
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...common(Date.now() - day),
    name,
    keys,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  })
  return {
    /** What trusts it needs. */
    ca: authority.toString('pem'),
    /** @param names of hosts, or IP addresses */
    async issue(names: readonly string[], { expired = false } = {}): Promise<Certificate> {
      const own = await newKeys()
      const of = names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const)
      const certificate = await X509CertificateGenerator.create({
        ...common(Date.now() - (expired ? 20 : 1) * day),
        subject: `CN=${names[0]}`,
        issuer: name,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [new BasicConstraintsExtension(false), new SubjectAlternativeNameExtension(of)],
      })
      const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey)).toString('base64')
      const key = `-----BEGIN PRIVATE KEY-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
      return { cert: certificate.toString('pem'), key }
    },
  }
}

/** A server's certificate that is right, and those that a client must refuse. */
export async function testCertificates() {
  const [own, other] = [await certificateAuthority(), await certificateAuthority()]
  const names = ['localhost', '127.0.0.1']
  return {
    ca: own.ca,
    right: await own.issue(names),
    client: await own.issue(['client']),
    wrong: {
      'of another authority': await other.issue(names),
      'for another host': await own.issue(['elsewhere.example', '10.9.8.7']),
      // For an IP address of which nobody has told it, Node checks the name localhost.
      'for another address': await own.issue(['localhost', '10.9.8.7']),
      'that has expired': await own.issue(names, { expired: true }),
    },
  }
}

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'

const issuer = 'https://sign-in.example'
const audience = 'saucery'

/** An identity provider: signs tokens, and serves its keys over HTTP. */
export async function startProvider() {
  let published: JWK[] = []
  let reads = 0
  let isBroken = false
  const server = createServer((_, response) => {
    reads++
    if (isBroken) return response.destroy()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys: published }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  let current = await newKey('1')
  const publish = (...keys: Signing[]) => {
    published = keys.map(({ jwk }) => jwk)
  }
  publish(current)
  return {
    readCount: () => reads,
    /** Whether the key server breaks every connection from now on. */
    breakOff(broken: boolean) {
      isBroken = broken
    },
    /** Signs with a new key from now on; the key server has it once it is published. */
    async changeKey(kid: string, alg?: string) {
      current = await newKey(kid, alg)
      return { publish: () => publish(current) }
    },
    /** A token for a branch's clerk, with these claims instead of the usual ones. */
    token: (claims: JWTPayload = {}) => sign(current, claims),
    env: {
      AUTH: 'on',
      AUTH_JWKS_URL: `http://127.0.0.1:${port}/keys`,
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: audience,
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

interface Signing {
  readonly alg: string
  readonly jwk: JWK
  readonly privateKey: CryptoKey
}

async function newKey(kid: string, alg = 'ES256'): Promise<Signing> {
  const { publicKey, privateKey } = await generateKeyPair(alg)
  return { alg, jwk: { ...(await exportJWK(publicKey)), kid, alg }, privateKey }
}

/** The claims of a clerk of branch 1, valid for a minute. */
export const clerk = (): JWTPayload => ({
  iss: issuer,
  aud: audience,
  sub: 'kim',
  role: 'branch',
  branch_id: '1',
  exp: Math.floor(Date.now() / 1000) + 60,
})

const sign = ({ alg, jwk, privateKey }: Signing, claims: JWTPayload) =>
  new SignJWT({ ...clerk(), ...claims }).setProtectedHeader({ alg, kid: String(jwk.kid) }).sign(privateKey)

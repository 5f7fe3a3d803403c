import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivateFile } from '@saucery/servers/install/secrets'

/** An Ed25519 key, created when it is first needed and kept in the folder `keys`, readable by its owner only. */
export function loadOrCreateKey(dataDir: string, name: 'gateway' | 'tokens' | `${string}-events`): KeyObject {
  const folder = join(dataDir, 'keys')
  const file = join(folder, `${name}.pem`)
  if (existsSync(file)) return createPrivateKey(readFileSync(file))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ed25519')
  writePrivateFile(file, privatePem(privateKey))
  return privateKey
}

export const privatePem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }))

export const publicPem = (key: KeyObject): string =>
  String(createPublicKey(key).export({ type: 'spki', format: 'pem' }))

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Safe in URLs, shells and configuration files: letters, digits, `-` and `_`. */
export function randomPassword(): string {
  return randomBytes(24).toString('base64url')
}

/** One password per name, created at the first start and kept in secrets.json. */
export function loadOrCreateSecrets<Name extends string>(
  dataDir: string,
  names: readonly Name[],
): Record<Name, string> {
  const file = join(dataDir, 'secrets.json')
  const kept = existsSync(file) ? readPasswords(file) : {}
  const missing = names.filter((name) => kept[name] === undefined)
  for (const name of missing) kept[name] = randomPassword()
  if (missing.length > 0) writePrivateFile(file, `${JSON.stringify(kept, null, 2)}\n`)
  return Object.fromEntries(names.map((name) => [name, kept[name]])) as Record<Name, string>
}

function readPasswords(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new Error(`${file} cannot be read (${cause}). Delete it: new passwords are made.`, { cause })
  }
}

/** Only its owner can read the file, and no reader sees it half written. */
export function writePrivateFile(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

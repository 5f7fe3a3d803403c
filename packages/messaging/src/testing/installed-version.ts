import { readFileSync } from 'node:fs'

/** The version of one of this package's dependencies, as installed. */
export function installedVersion(dependency: string): string {
  const manifest = new URL(`../../node_modules/${dependency}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { writePrivateFile } from '@saucery/servers/install/secrets'

const packed = new URL('../../releases/last.json.br', import.meta.url)

export const released = ['order', 'payment', 'delivery', 'dashboard'] as const
export type Released = (typeof released)[number]

/** Unpacks the services of the last release, which `pnpm pack-release` packed, with their migrations. */
export async function unpackLastRelease(folder: string): Promise<Record<Released, string>> {
  const files: Record<string, string> = JSON.parse(brotliDecompressSync(await readFile(packed)).toString())
  for (const [path, text] of Object.entries(files)) writePrivateFile(join(folder, path), text)
  return Object.fromEntries(released.map((name) => [name, join(folder, name, 'src/main.mjs')])) as Record<
    Released,
    string
  >
}

import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { consumingServices } from '@saucery/contracts/choreography'
import { root } from '@saucery/servers/install/folders'
import { build } from 'esbuild'
import { readCommandLine } from './command-line.ts'

const usage = `Usage: npx pnpm@12 pack-release [CHECKOUT]

Packs the services of a checkout, by default of this one, into packages/system/releases: the test of upgrades starts
from them. Copies its contracts into packages/contracts/releases: later ones are compared with them.
`

// Packs the services of a checkout, one file with their bundles and migrations, for the test that upgrades from it:
//   pnpm pack-release [<checkout>]
// The commit that is released is packed, and the file committed after it: a checkout in CI has no history.
const checkout = readCommandLine(usage, {}, (_, [folder]) => resolve(folder ?? root), { takesWords: true })
const packed = join(root, 'packages/system/releases/last.json.br')
const contracts = join(root, 'packages/contracts/releases/last.json')

const { outputFiles } = await build({
  entryPoints: consumingServices.map((name) => ({
    in: join(checkout, 'packages', name, 'src/main.ts'),
    // A service finds its migrations by its own place.
    out: `${name}/src/main`,
  })),
  outdir: '/',
  outExtension: { '.js': '.mjs' },
  absWorkingDir: checkout,
  bundle: true,
  splitting: true,
  minify: true,
  keepNames: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  write: false,
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
})
const files: Record<string, string> = {}
for (const { path, text } of outputFiles) files[path.slice(1)] = text
for (const name of consumingServices) {
  const folder = join(checkout, 'packages', name, 'migrations')
  const migrations = await readdir(folder).catch(() => [])
  for (const file of [...migrations.filter((file) => file.endsWith('.sql')), 'meta/_journal.json'])
    if (migrations.length > 0)
      files[`${name}/migrations/${file}`] = await readFile(join(folder, file), 'utf8')
}
await mkdir(dirname(packed), { recursive: true })
const bytes = brotliCompressSync(JSON.stringify(files))
await writeFile(packed, bytes)
await mkdir(dirname(contracts), { recursive: true })
await copyFile(join(checkout, 'packages/contracts/generated/asyncapi.json'), contracts)
process.stdout.write(`${packed}: ${Object.keys(files).length} files, ${Math.round(bytes.length / 1024)} KB\n`)

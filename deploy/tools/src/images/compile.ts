import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

// The image's build copies this file alone, so it imports no other package.
const root = fileURLToPath(new URL('../../../..', import.meta.url))
const compiled = `${root}.data/compiled`

const usage = `Usage: npx pnpm@12 build

Compiles every package that an image has into its folder dist.
`
try {
  const options = { help: { type: 'boolean', short: 'h' } } as const
  if (parseArgs({ options }).values.help) {
    process.stdout.write(usage)
    process.exit(0)
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  process.exit(2)
}

// All packages at once into one folder: compiling one package alone would write its dependencies into its own dist.
rmSync(compiled, { recursive: true, force: true })
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
for (const name of readdirSync(compiled)) {
  const dist = `${root}packages/${name}/dist`
  rmSync(dist, { recursive: true, force: true })
  cpSync(`${compiled}/${name}/src`, dist, { recursive: true })
}

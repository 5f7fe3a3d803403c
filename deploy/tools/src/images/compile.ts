import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// The image's build copies this file alone, so it imports no other package.
const root = fileURLToPath(new URL('../../../..', import.meta.url))
const compiled = `${root}.data/compiled`

// All packages at once into one folder: compiling one package alone would write its dependencies into its own dist.
rmSync(compiled, { recursive: true, force: true })
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
for (const name of readdirSync(compiled)) {
  const dist = `${root}packages/${name}/dist`
  rmSync(dist, { recursive: true, force: true })
  cpSync(`${compiled}/${name}/src`, dist, { recursive: true })
}

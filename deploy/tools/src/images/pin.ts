import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCommandLine } from '@saucery/local/cli/command-line'
import { root } from '@saucery/servers/install/folders'
import { runOrFail } from '@saucery/servers/process/run'
import { type ImageLock, imageFiles, lockFile, pinned, thirdPartyImages } from './third-party.ts'

const usage = `Usage: npx pnpm@12 deploy:pin

Asks the registries for the digests of the third-party images, and writes them where the images are named.
`

readCommandLine(usage, {}, () => {})
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const images = new Set(imageFiles().flatMap((file) => thirdPartyImages(read(file)).map(({ image }) => image)))

const lock: ImageLock = {}
for (const image of [...images].sort((a, b) => a.localeCompare(b))) {
  const shown = await runOrFail('docker', ['buildx', 'imagetools', 'inspect', image])
  const digest = /^Digest: *(sha256:[0-9a-f]{64})$/m.exec(shown)?.[1]
  if (digest === undefined) throw new Error(`the registry reports no digest of ${image}`)
  lock[image] = digest
}

writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`)
for (const file of imageFiles()) writeFileSync(join(root, file), pinned(read(file), lock))

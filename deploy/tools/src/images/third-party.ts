import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '@saucery/servers/install/folders'

/** The digest of each image that others build, or null until the registry was asked. `pnpm deploy:pin` writes it. */
export const lockFile = `${root}deploy/images.lock.json`

export type ImageLock = Record<string, string | null>

export const readLock = (): ImageLock => JSON.parse(readFileSync(lockFile, 'utf8'))

const yamlIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name))

/** The files that name images of others, relative to the repository. */
export const imageFiles = (): string[] => [
  'Dockerfile',
  'deploy/siege/Dockerfile',
  'deploy/kind.sh',
  'compose.yaml',
  ...yamlIn('deploy/infra'),
  ...yamlIn('deploy/components'),
  ...yamlIn('deploy/observability'),
  ...yamlIn('deploy/overlays/local-observed'),
  ...yamlIn('.github/workflows'),
]

const digested = '(@sha256:[0-9a-f]{64})?'
/** In a Dockerfile, a manifest or a Compose file, and in the commands of the workflows and of kind.sh. */
const patterns = [
  new RegExp(`(?<=^FROM |^ *(?:- )?image: )((?:[\\w.-]+/)*[\\w.-]+:[\\w.-]+)${digested}`, 'gm'),
  new RegExp(`((?:aquasec|docker)/[\\w.-]+:[\\w.-]+|\\bregistry:\\d+\\.[\\w.-]+)${digested}`, 'g'),
]

/** Each image of others in a text, as name and tag, with the digest that stands behind it. */
export function thirdPartyImages(text: string): { image: string; digest: string | undefined }[] {
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)]
      .map(([, image = '', digest]) => ({ image, digest: digest?.slice(1) }))
      .filter(({ image }) => !image.startsWith('saucery/')),
  )
}

/** The text with each image that the lock has a digest of named by it. */
export function pinned(text: string, lock: ImageLock): string {
  const pin = (whole: string, image: string) => (lock[image] ? `${image}@${lock[image]}` : whole)
  return patterns.reduce((changed, pattern) => changed.replace(pattern, pin), text)
}

import { images, sourcesOf } from './changed-images.ts'
import { dependenciesOf, git } from './workspace.ts'

// The last commit that changed a source of the image, so that an unchanged image keeps its tag.
const [image = ''] = process.argv.slice(2)
if (!images.includes(image)) {
  process.stderr.write(`Usage: pnpm deploy:tag ${images.join(' | ')}\n`)
  process.exit(2)
}
process.stdout.write(`${git('log', '-1', '--format=%H', '--', ...sourcesOf(image, dependenciesOf))}\n`)

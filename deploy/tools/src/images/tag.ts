import { readCommandLine } from '@saucery/local/cli/command-line'
import { images, sourcesOf } from './changed-images.ts'
import { dependenciesOf, git } from './workspace.ts'

const usage = `Usage: npx pnpm@12 -s deploy:tag ${images.join(' | ')}

Prints the last commit that changed a source of the image, so that an unchanged image keeps its tag.
`

const check = (_: object, [image = '']: readonly string[]) => {
  if (images.includes(image)) return image
  throw new Error(image === '' ? 'no image is named' : `unknown image: ${image}`)
}
const image = readCommandLine(usage, {}, check, { takesWords: true })
process.stdout.write(`${git('log', '-1', '--format=%H', '--', ...sourcesOf(image, dependenciesOf))}\n`)

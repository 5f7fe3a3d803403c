import { changedImages, images } from './changed-images.ts'
import { dependenciesOf, git } from './workspace.ts'

const [since = ''] = process.argv.slice(2)
// A new branch has no commit before it: everything is new.
const changed = /^0*$/.test(since)
  ? images
  : changedImages(git('diff', '--name-only', since, 'HEAD').split('\n'), dependenciesOf)
process.stdout.write(`${JSON.stringify(changed)}\n`)

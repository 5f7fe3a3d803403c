import { changedImages, images } from './changed-images.ts'
import { dependenciesOf, git, hasCommit } from './workspace.ts'

const [since = ''] = process.argv.slice(2)
// A new branch has no commit before it, and one that was forced may have lost it: everything is new.
const changed = !hasCommit(since)
  ? images
  : changedImages(git('diff', '--name-only', since, 'HEAD').split('\n'), dependenciesOf)
process.stdout.write(`${JSON.stringify(changed)}\n`)

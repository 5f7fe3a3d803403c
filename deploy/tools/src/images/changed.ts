import { changedImages, images } from './changed-images.ts'
import { dependenciesOf, git, hasCommit } from './workspace.ts'

const [since = ''] = process.argv.slice(2)
// A new branch has no earlier commit, and a forced push may have removed it: then every image counts as changed.
const changed = !hasCommit(since)
  ? images
  : changedImages(git('diff', '--name-only', since, 'HEAD').split('\n'), dependenciesOf)
process.stdout.write(`${JSON.stringify(changed)}\n`)

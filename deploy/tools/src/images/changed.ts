import { readCommandLine } from '@saucery/local/cli/command-line'
import { changedImages, images } from './changed-images.ts'
import { dependenciesOf, git, hasCommit } from './workspace.ts'

const usage = `Usage: npx pnpm@12 -s deploy:changed [COMMIT]

Prints, as JSON, the images whose sources have changed since the commit: all without one.
`

const since = readCommandLine(usage, {}, (_, [commit = '']) => commit, { takesWords: true })
// A new branch has no earlier commit, and a forced push may have removed it: then every image counts as changed.
const changed = !hasCommit(since)
  ? images
  : changedImages(git('diff', '--name-only', since, 'HEAD').split('\n'), dependenciesOf)
process.stdout.write(`${JSON.stringify(changed)}\n`)

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCommandLine } from '@saucery/local/cli/command-line'
import { root } from '@saucery/servers/install/folders'
import { picturePages, withPictures } from './pictures.ts'

const usage = `Usage: npx pnpm@12 pictures

Draws the pictures in the documents again that follow from the code: who publishes what, processes, statuses, packages.
`

readCommandLine(usage, {}, () => {})
for (const page of picturePages) {
  const file = join(root, page)
  await writeFile(file, withPictures(await readFile(file, 'utf8')))
}

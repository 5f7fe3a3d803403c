import { mkdir, writeFile } from 'node:fs/promises'
import { generatedDirectory, generatedFiles } from './files.ts'

await mkdir(generatedDirectory, { recursive: true })
for (const [name, content] of Object.entries(generatedFiles())) {
  await writeFile(new URL(name, generatedDirectory), content)
}

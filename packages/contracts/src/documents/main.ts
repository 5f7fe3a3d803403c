import { mkdir, writeFile } from 'node:fs/promises'
import { contractDocuments, contractDocumentsDirectory } from './files.ts'

await mkdir(contractDocumentsDirectory, { recursive: true })
for (const [name, content] of Object.entries(contractDocuments())) {
  await writeFile(new URL(name, contractDocumentsDirectory), content)
}

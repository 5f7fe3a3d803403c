import { writeFile } from 'node:fs/promises'
import { openApiFile, openApiJson } from './openapi.ts'
import { problemsFile, problemsPage } from './problems.ts'

await writeFile(openApiFile, openApiJson())
await writeFile(problemsFile, problemsPage())

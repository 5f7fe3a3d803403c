import { writeFile } from 'node:fs/promises'
import { eventsPage, eventsPageFile } from './events-page.ts'
import { openApiFile, openApiJson } from './openapi.ts'
import { problemsFile, problemsPage } from './problems.ts'

await writeFile(eventsPageFile, eventsPage())
await writeFile(openApiFile, openApiJson())
await writeFile(problemsFile, problemsPage())

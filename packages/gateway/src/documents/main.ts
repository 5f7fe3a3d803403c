import { writeFile } from 'node:fs/promises'
import { openApiFile, openApiJson } from './openapi.ts'

await writeFile(openApiFile, openApiJson())

import { lintOpenApi } from './lint.ts'
import { openApiJson } from './openapi.ts'

const found = await lintOpenApi(openApiJson())
for (const line of found) process.stderr.write(`${line}\n`)
process.exitCode = found.length === 0 ? 0 : 1

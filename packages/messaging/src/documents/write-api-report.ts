import { writeFileSync } from 'node:fs'
import { currentReport, reportFile } from './compiled-api.ts'

writeFileSync(reportFile, currentReport())

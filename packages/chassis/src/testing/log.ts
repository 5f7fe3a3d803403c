import { openLog } from '../log.ts'

export const quietLog = openLog('test', { LOG_LEVEL: 'silent', LOG_FORMAT: 'json' })

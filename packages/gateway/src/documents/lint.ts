import { createConfig, lintFromString } from '@redocly/openapi-core'

/** What the linter has against an OpenAPI document: rule, place and message. */
export async function lintOpenApi(source: string): Promise<string[]> {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      'operation-4xx-problem-details-rfc7807': 'error',
      // Whole words: `traces` is no verb.
      'no-http-verbs-in-paths': { severity: 'error', splitIntoWords: true },
      'request-mime-type': { severity: 'error', allowedValues: ['application/json'] },
    },
  })
  const found = await lintFromString({ source, config })
  return found.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''} ${message}`)
}

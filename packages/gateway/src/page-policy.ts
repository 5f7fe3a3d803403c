/**
 * The Content-Security-Policy of a page of this origin: it loads and calls this origin only, makes no markup of what it
 * gets, and no other page may frame it.
 * @param more further directives
 */
export const pagePolicy = (...more: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    ...more,
  ].join('; ')

import { createMiddleware } from 'hono/factory'

/**
 * For an API (OWASP REST Security Cheat Sheet). The pages set a content policy of their own
 * (`pages/routes.ts`).
 */
const securityHeaders = [
  ['Referrer-Policy', 'no-referrer'],
  ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
] as const

const contentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'"

export const setSecurityHeaders = createMiddleware(async (c, next) => {
  await next()
  const { headers } = c.res
  for (const [name, value] of securityHeaders) {
    headers.set(name, value)
  }
  if (!headers.has('Content-Security-Policy')) {
    headers.set('Content-Security-Policy', contentSecurityPolicy)
  }
})

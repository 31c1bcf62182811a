import { createMiddleware } from 'hono/factory'

/** For an API (OWASP REST Security Cheat Sheet). The pages bring a policy of their own. */
const securityHeaders = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

export const setSecurityHeaders = createMiddleware(async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(securityHeaders)) {
    if (!c.res.headers.has(name)) {
      c.res.headers.set(name, value)
    }
  }
})

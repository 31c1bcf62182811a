import { expect } from 'vitest'
import type { Answer } from './service.ts'

/** What every answer has, against what a browser might do with it. */
export const hardened = {
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** What would tell an attacker what runs here. */
export const telling = ['server', 'x-powered-by', 'via', 'x-runtime', 'x-aspnet-version']

export function expectHardened({ status, headers }: Answer, what: string): void {
  const given = Object.fromEntries(headers)

  expect(given, `${status} ${what}`).toMatchObject({
    ...hardened,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  })
  expect(Object.keys(given).filter((name) => telling.includes(name))).toEqual([])
}

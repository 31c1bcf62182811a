import * as z from 'zod/mini'
import { type Calling, callerOf } from './auth.ts'

/** Bare, or in quotes as the draft of the header says: clients send both. */
export const IdempotencyKeyHeader = z.object({
  'idempotency-key': z.optional(
    z.pipe(
      z.string().check(
        z.regex(/^(?:"[\x21-\x7e]{1,255}"|[\x21\x23-\x7e][\x21-\x7e]{0,254})$/, {
          error: 'must have 1 to 255 visible ASCII characters',
        }),
      ),
      z.transform((value) => value.replace(/^"(.+)"$/, '$1')),
    ),
  ),
})

type Headers = z.infer<typeof IdempotencyKeyHeader>

/** The key and whose it is, if the request has one, after `validate`. */
export function idempotencyKeyOf(c: Calling & { req: { valid(target: 'header'): Headers } }) {
  const { 'idempotency-key': key } = c.req.valid('header')
  return key === undefined ? undefined : { principal: callerOf(c), key }
}

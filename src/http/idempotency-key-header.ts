import * as z from 'zod/mini'

/** Bare, or in quotes as the draft of the header says: clients send both. */
export const IdempotencyKeyHeader = z.object({
  'idempotency-key': z.optional(
    z.pipe(
      z.string().check(
        z.regex(/^(?:"[\x21-\x7e]{1,255}"|(?!")[\x21-\x7e]{1,255})$/, {
          error: 'must have 1 to 255 visible ASCII characters',
        }),
      ),
      z.transform((value) => value.replace(/^"(.+)"$/, '$1')),
    ),
  ),
})

/** The key and whose it is, if the request has one. */
export const idempotencyKeyOf = (
  principal: string,
  headers: z.infer<typeof IdempotencyKeyHeader>,
) => {
  const { 'idempotency-key': key } = headers
  return key === undefined ? undefined : { principal, key }
}

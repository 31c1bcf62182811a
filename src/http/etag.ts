import * as z from 'zod/mini'

/** The strong validator of a version (RFC 9110 section 8.8.3). */
export const entityTag = (version: number) => `"${version}"`

// `W/"v"` counts as `"v"`, even where RFC 9110 asks for a strong comparison: Cloudflare weakens
// tags when it compresses an answer, but the version in the tag is still exact.
// Its bytes beyond ASCII come as the characters that they are in UTF-8, or as U+FFFD.
const tag = '(?:W/)?"[^\\x00-\\x20"\\x7f]*"'
// A list may have empty elements, and nothing else (RFC 9110 section 5.6.1.2).
const tagsOrAny = new RegExp(`^(?:\\*|[ \\t,]*(?:${tag}(?:[ \\t]*,[ \\t,]*${tag})*[ \\t,]*)?)$`)

/** Enough for hundreds of tags. */
const maxLength = 4 * 1024

/** The versions that a list of entity tags names. Tags of others match nothing. */
type Versions = '*' | readonly number[]

const EntityTags = z.pipe(
  z.string().check(
    z.maxLength(maxLength, { error: `must have at most ${maxLength} characters`, abort: true }),
    z.regex(tagsOrAny, {
      error: 'must be * or entity tags in quotes, such as "1", as the header ETag gives them',
    }),
  ),
  z.transform(
    (value): Versions =>
      value === '*'
        ? value
        : [...value.matchAll(/"([1-9]\d{0,8})"/g)].map(([, digits]) => Number(digits)),
  ),
)

/** The headers of conditional requests (RFC 9110 section 13). */
export const PreconditionHeaders = z.object({
  'if-match': z.optional(EntityTags),
  'if-none-match': z.optional(EntityTags),
})

type Headers = z.infer<typeof PreconditionHeaders>

/** The precondition of a request, after `validate`. */
export function preconditionOf(c: { req: { valid(target: 'header'): Headers } }) {
  const headers = c.req.valid('header')
  return { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] }
}
export type Precondition = ReturnType<typeof preconditionOf>

/** For a read: 304 when the client has this version already. */
export const isNotModified = ({ ifNoneMatch }: Precondition, version: number): boolean =>
  ifNoneMatch === '*' || ifNoneMatch?.includes(version) === true

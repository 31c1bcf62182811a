import { parseAccept } from 'hono/utils/accept'
import { ServiceError } from '../errors.ts'

/** Many times what a browser sends. A longer one is not read at all. */
const maxLength = 2 * 1024

/**
 * The offer that the client prefers, by media type; the first when it has no preference (RFC 9110
 * section 12.5.1). Throws `not-acceptable`.
 */
export function chooseMediaType<Offer>(
  accept = '*/*',
  offers: ReadonlyMap<string, Offer>,
): [mediaType: string, offer: Offer] {
  const ranges = parseAccept(accept.length <= maxLength ? accept : '').map(({ type, q }) => ({
    type: type.toLowerCase(),
    q,
  }))
  // Some generated clients ask for the JSON of failures alone, and take whatever else comes.
  if (ranges.length > 0 && ranges.every(({ type }) => type === 'application/problem+json')) {
    return chooseMediaType('*/*', offers)
  }
  const qualityOf = (mediaType: string) =>
    [mediaType, mediaType.replace(/\/.*/, '/*'), '*/*']
      .map((type) => ranges.find((range) => range.type === type))
      .find((range) => range !== undefined)?.q ?? 0

  const [best] = [...offers]
    .filter(([mediaType]) => qualityOf(mediaType) > 0)
    .sort(([one], [other]) => qualityOf(other) - qualityOf(one))

  if (!best) {
    const mediaTypes = [...offers.keys()].join(' or ')
    throw new ServiceError('not-acceptable', `This path answers with ${mediaTypes} only.`)
  }
  return best
}

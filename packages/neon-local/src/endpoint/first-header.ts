import type { IncomingMessage } from 'node:http'

/** The value of a header. Of one that comes twice, the first counts: Node would join the two. */
export type FirstHeader = (name: string) => string | undefined

export function firstHeader({ headersDistinct }: IncomingMessage): FirstHeader {
  return (name) => headersDistinct[name]?.[0]
}

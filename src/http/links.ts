/**
 * The `Link` header of a page (RFC 8288): `first`, and `next` while there is more, which
 * `rows/list.ts` tells.
 */
export function pageLinks(requestUrl: string, nextCursor: string | undefined): string {
  const url = new URL(requestUrl)
  url.searchParams.delete('cursor')
  const first = `<${url.href}>; rel="first"`

  if (nextCursor === undefined) {
    return first
  }
  url.searchParams.set('cursor', nextCursor)
  return `${first}, <${url.href}>; rel="next"`
}

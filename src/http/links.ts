/** The `Link` header of a page (RFC 8288): `first`, and `next` while there is more. */
export function pageLinks(requestUrl: string, nextCursor: string | undefined): string {
  const first = new URL(requestUrl)
  first.searchParams.delete('cursor')
  const links = [`<${first.href}>; rel="first"`]

  if (nextCursor !== undefined) {
    const next = new URL(first)
    next.searchParams.set('cursor', nextCursor)
    links.push(`<${next.href}>; rel="next"`)
  }
  return links.join(', ')
}

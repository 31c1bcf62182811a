import type { Page } from 'playwright-core'

/** What no page may do: an error or a warning in the console, and a request to another host. */
export function collectComplaints(page: Page, ownOrigin: string): string[] {
  const complaints: string[] = []

  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      complaints.push(message.text())
    }
  })
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'data:' && origin !== ownOrigin) {
      complaints.push(request.url())
    }
  })
  return complaints
}

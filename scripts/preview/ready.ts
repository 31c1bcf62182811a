import { setTimeout as sleep } from 'node:timers/promises'
import { CommandError } from '../command/command.ts'

const pauseMs = 1_000

/** A new address takes a while until Cloudflare knows it everywhere. Throws CommandError. */
export async function waitUntilReady(url: string, withinMs = 120_000): Promise<void> {
  const readyz = new URL('/readyz', url)
  const end = Date.now() + withinMs
  for (;;) {
    const answer = await ask(readyz)
    if (answer === '200') {
      return
    }
    if (Date.now() + pauseMs > end) {
      throw new CommandError(
        `The preview is at ${url}, but is not ready: ${readyz} says ${answer}.`,
      )
    }
    await sleep(pauseMs)
  }
}

/** The status, or why there is none. */
async function ask(url: URL): Promise<string> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) })
    await response.body?.cancel()
    return String(response.status)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return cause instanceof Error ? cause.message : String(cause)
  }
}

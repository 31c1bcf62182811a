import { readdirSync, readFileSync } from 'node:fs'

/**
 * Watches what `ps` shows to everybody, until `done` has ended: resolves with each command line that
 * held the text, of whichever process. Of Linux.
 */
export async function commandLinesWith(text: string, done: Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>()
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const line = read(`/proc/${pid}/cmdline`)
      if (line.includes(text)) {
        seen.add(line.replaceAll('\0', ' '))
      }
    }
  }
  const timer = setInterval(look, 5)
  await done.finally(() => clearInterval(timer))
  return [...seen]
}

/** Empty when the process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** What stands in an address stands in a command line with the password. */
export function markedUrl(url: string, canary: string): string {
  const address = new URL(url)
  address.searchParams.set('application_name', canary)
  return address.href
}

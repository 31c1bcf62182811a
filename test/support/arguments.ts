import { readdirSync, readFileSync } from 'node:fs'

/**
 * Watches what `ps` shows to everybody, until `done` has ended: resolves with each command line that
 * held the text, of whichever process. Of Linux.
 */
export async function commandLinesWith(text: string, done: Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>()
  let looks = new Map<string, number>()
  const look = () => {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    looks = new Map(pids.map((pid) => [pid, (looks.get(pid) ?? 0) + 1]))
    // Most of them have been here for long, and of those hardly one changes its command line.
    for (const pid of pids.filter((each) => isDue(looks.get(each) ?? 0))) {
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

const isDue = (looks: number) => looks < 20 || looks % 20 === 0

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

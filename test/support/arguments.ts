import { globSync, readFileSync } from 'node:fs'

/**
 * Watches what `ps` shows to everybody, until `done` has ended: resolves with each command line that
 * held the text, of whichever process. Of Linux.
 */
export async function commandLinesWith(text: string, done: Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>()
  const look = () => {
    for (const file of globSync('/proc/[0-9]*/cmdline')) {
      const line = read(file)
      if (line.includes(text)) {
        seen.add(line.replaceAll('\0', ' '))
      }
    }
  }
  const timer = setInterval(look, 10)
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

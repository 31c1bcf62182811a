import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { NeonLocalError } from '../errors.ts'

const quotedLines = 8
const diskFull = 'No space left on device'
// The kernel's tables of these can be full as well, in the same words.
const kernelTable = /could not create (shared memory|semaphores)/

/** The last lines of a log, which grow while the stream is read. */
export function followLog(stream: Readable | null, onLine?: (line: string) => void): string[] {
  const last: string[] = []
  if (!stream) {
    return last
  }
  createInterface({ input: stream }).on('line', (line) => {
    last.push(line)
    if (last.length > quotedLines) {
      last.shift()
    }
    onLine?.(line)
  })
  return last
}

/** What people can do about a failure, as far as its log tells. */
export function startFailure(log: string[], folder: string): NeonLocalError {
  const text = log.join('\n')
  const userId = /could not look up effective user ID (\d+)/.exec(text)?.[1]
  if (userId) {
    return new NeonLocalError(
      `PostgreSQL needs a user that has a name, and the system knows none for the user id ` +
        `${userId}: add it to /etc/passwd, or run this as another user.`,
    )
  }
  if (log.some((line) => line.includes(diskFull) && !kernelTable.test(line))) {
    return new NeonLocalError(
      `The disk of the data folder ${folder} is full: free some space, or choose a folder on ` +
        'another disk with --data-dir.',
    )
  }
  return new NeonLocalError(
    `PostgreSQL did not start on the data folder ${folder}. Its last words may tell why:\n${text}`,
  )
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { CommandError } from '../scripts/command/command.ts'
import type { Traffic } from './endpoint-process.ts'

export type BenchEndpoint = {
  url: string
  pid: number
  /** All of it so far. */
  traffic(): Promise<Traffic>
}

/** Starts the Neon endpoint in a process of its own: it must not share one with who asks. */
export async function startBenchEndpoint(
  stack: AsyncDisposableStack,
  postgresUrl: string,
): Promise<BenchEndpoint> {
  // Its host and port are all that an endpoint needs, and arguments can be seen by everybody.
  const address = `postgresql://${new URL(postgresUrl).host}`
  const child = fork(join(import.meta.dirname, 'endpoint-process.ts'), [address], {
    // Ctrl-C is for this process, which stops the others in order.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  stack.defer(async () => {
    if (child.connected) {
      child.disconnect()
    }
    await exited
  })
  const ended = exited.then((): never => {
    throw new CommandError('The Neon endpoint has ended by itself.')
  })
  ended.catch(() => {})

  const [url] = await Promise.race([once(child, 'message'), ended])
  return {
    url,
    pid: child.pid ?? 0,
    traffic: async () => {
      child.send('traffic')
      const [traffic] = await Promise.race([once(child, 'message'), ended])
      return traffic
    },
  }
}

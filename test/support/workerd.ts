import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { wrangler } from '../../scripts/wrangler.ts'

/** The one of wrangler. */
const { default: program }: { default: string } = createRequire(wrangler)('workerd')

// The pipe on descriptor 4 breaks when this process is gone, however it went: then workerd goes too.
const dieWithParent = '(cat <&4; kill -KILL 0) >/dev/null 2>&1 3>&- & exec "$@" 4<&-'

/** Starts workerd alone. Rejects with what it says, when the global scope of a Worker throws. */
export async function startWorkerd(
  configFile: string,
): Promise<{ port: number; close(): Promise<void> }> {
  const args = [program, 'serve', configFile, '--control-fd=3']
  const child = spawn('/bin/sh', ['-c', dieWithParent, 'sh', ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4_000)
  })

  const port = await portOf(child.stdio[3])
  if (port === undefined) {
    await exited
    throw new Error(errors)
  }
  return {
    port,
    close: async () => {
      process.kill(-Number(child.pid), 'SIGKILL')
      await exited
    },
  }
}

/** Undefined when workerd ends before it listens. */
async function portOf(control: unknown): Promise<number | undefined> {
  if (!(control instanceof Readable)) {
    throw new TypeError('The control pipe of workerd was expected.')
  }
  for await (const line of createInterface(control)) {
    const { event, port } = JSON.parse(line)
    if (event === 'listen') {
      return port
    }
  }
  return undefined
}

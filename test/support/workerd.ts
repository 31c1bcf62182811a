import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { wrangler } from '../../scripts/command/wrangler.ts'

/** The one of wrangler. */
const { default: program }: { default: string } = createRequire(wrangler)('workerd')

// The pipe on descriptor 4 breaks when this process is gone, however it went: then workerd goes too.
const dieWithParent = '(cat <&4; kill -KILL 0) >/dev/null 2>&1 3>&- & exec "$@" 4<&-'

export type RunningWorkerd = {
  port: number
  /** All that it and its Worker say. A file, because it holds a line before the answer is sent. */
  logFile: string
  close(): Promise<void>
}

/** Starts workerd alone. Rejects with what it says, when the global scope of a Worker throws. */
export async function startWorkerd(configFile: string): Promise<RunningWorkerd> {
  const args = [program, 'serve', configFile, '--control-fd=3']
  const logFile = `${configFile}.log`
  const log = openSync(logFile, 'ax')
  const child = spawn('/bin/sh', ['-c', dieWithParent, 'sh', ...args], {
    detached: true,
    stdio: ['ignore', log, log, 'pipe', 'pipe'],
  })
  closeSync(log)
  const exited = once(child, 'exit')

  const port = await portOf(child.stdio[3])
  if (port === undefined) {
    await exited
    throw new Error(readFileSync(logFile, 'utf8').slice(-4_000))
  }
  return {
    port,
    logFile,
    close: async () => {
      process.kill(-Number(child.pid), 'SIGKILL')
      await exited
      await rm(logFile)
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

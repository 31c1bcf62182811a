import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { isRunning } from '../support/processes.ts'

const module = join(import.meta.dirname, '../support/clear-at-end.ts')

/** Prints the pid of what it has started. */
const program = `
import { spawn } from 'node:child_process'
import { clearAtEnd } from ${JSON.stringify(module)}
const [folder] = process.argv.slice(1)
clearAtEnd(folder)
const env = { ...process.env, TMPDIR: folder }
console.log(spawn('sleep', ['600'], { env, detached: true, stdio: 'ignore' }).pid)
setInterval(() => {}, 1_000)`

test.runIf(process.platform === 'linux')(
  'tests that are killed leave neither a process nor a folder',
  { tags: ['slow'] },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'killed-'))
    const killed = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(createInterface(killed.stdout), 'line')
    const pid = Number(line)
    expect(isRunning(pid)).toBe(true)

    killed.kill('SIGKILL')

    await expect.poll(() => isRunning(pid)).toBe(false)
    await expect.poll(() => existsSync(folder)).toBe(false)
  },
)

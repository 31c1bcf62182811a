import { type ChildProcess, spawn } from 'node:child_process'
import { copyFile, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Cloudflare, type CloudflareOptions, startCloudflare } from './cloudflare.ts'

type Outcome = { code: number | null; stdout: string; stderr: string }

export type StandIn = {
  cloudflare: Cloudflare
  /** Runs wrangler itself, for production. */
  wrangler(...args: string[]): Promise<Outcome>
  /** Runs what takes a twentieth of the time: `cloudflare/uploader.ts`. */
  light(...args: string[]): Promise<Outcome>
  /** Starts any program, for which `wrangler` is wrangler itself. */
  start(program: string, ...args: string[]): { child: ChildProcess; ended: Promise<Outcome> }
  /** Which upload answers, and with what status. */
  servedBy(override?: string): Promise<unknown>
}

/** What the first deploy is called with, and the next upload. */
export const firstDeploy = [
  ...['deploy', '--secrets-file', 'secrets.json'],
  ...['--tag', 'one', '--message', 'the first'],
]
export const upload = ['versions', 'upload', '--tag', 'two', '--message', 'the second']

/** With the project's wrangler.toml, in a folder that holds nothing else but the secrets. */
export async function startStandIn(options: Partial<CloudflareOptions> = {}): Promise<StandIn> {
  const folder = await mkdtemp(join(tmpdir(), 'cloudflare-test-'))
  await copyFile('wrangler.toml', join(folder, 'wrangler.toml'))
  await writeFile(
    join(folder, 'secrets.json'),
    JSON.stringify({ DATABASE_URL: inject('emptyUrl'), AUTH: 'open', DEV_SECRET: '' }),
  )
  const cloudflare = await startCloudflare({
    neonEndpoint: inject('endpointUrl'),
    bundle: join(inject('workerDir'), 'worker.js'),
    ...options,
  })
  const start = (binDir: string, program: string, args: readonly string[]) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, ...cloudflare.env, PATH: `${binDir}:${process.env['PATH']}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = new Promise<Outcome>((resolve) => {
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (text) => {
        stdout += text
      })
      child.stderr.on('data', (text) => {
        stderr += text
      })
      child.on('close', (code) => resolve({ code, stdout, stderr }))
    })
    return { child, ended }
  }
  const running =
    (binDir: string) =>
    (...args: string[]) =>
      start(binDir, 'wrangler', [...args, '--env', 'production']).ended

  return {
    cloudflare,
    wrangler: running(cloudflare.binDir),
    light: running(cloudflare.lightBinDir),
    start: (program, ...args) => start(cloudflare.binDir, program, args),
    servedBy: async (override) => {
      const header = 'Cloudflare-Workers-Version-Overrides'
      const response = await fetch(new URL('/livez', cloudflare.url), {
        headers: override ? { [header]: `edge-users="${override}"` } : {},
      })
      const text = await response.text()
      return response.ok ? JSON.parse(text).versionId : `${response.status} ${text}`
    },
  }
}

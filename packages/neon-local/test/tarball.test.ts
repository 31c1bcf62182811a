// Takes over ten seconds: npm installs the tarball with its PostgreSQL, and vitest runs within vitest.

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  createFolder,
  familyOf,
  hasOrdinaryUser,
  isRoot,
  ordinaryUser,
} from './support/postgres-runs.ts'

const run = promisify(execFile)
const home = resolve(import.meta.dirname, '..')

/** A project that has installed the tarball: that of the example. */
let project: string

beforeAll(async () => {
  project = join(createFolder(), 'example')
  fs.cpSync(join(home, 'example'), project, { recursive: true })
  const { stdout } = await run(process.execPath, [join(home, 'pack.ts'), dirname(project)])
  const [tarball = ''] = fs.globSync(join(dirname(project), '*.tgz'))
  expect(stdout).toContain(`neon-local-${versionOf(home)}.tgz`)

  const quickly = ['--ignore-scripts', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund']
  await run('npm', ['install', '--save-prod', tarball, ...quickly], { cwd: project })
  // Those that this project has already.
  const { resolve: find } = createRequire(import.meta.url)
  for (const tool of ['typescript', 'vitest']) {
    const folder = dirname(find(`${tool}/package.json`))
    fs.symlinkSync(folder, join(project, 'node_modules', tool))
  }
  // A registry may be slow.
}, 300_000)
afterAll(() => fs.rmSync(dirname(project), { recursive: true }))

const versionOf = (folder: string): string =>
  JSON.parse(fs.readFileSync(join(folder, 'package.json'), 'utf8')).version

/** Not the one of this project, which stands first. Undefined when the machine has no Node 20. */
function findNode20(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find((node) => spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('v20.'))
}

const nodes = [
  ['the Node of this project', () => process.execPath, {}],
  ['Node 20', findNode20, {}],
  [
    'Node 20 and an ordinary user',
    () => (isRoot && hasOrdinaryUser ? findNode20() : undefined),
    ordinaryUser,
  ],
] as const

/** What the command prints, once that matches. */
async function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let output = ''
  child.stdout?.setEncoding('utf8')
  for await (const part of child.stdout ?? []) {
    output += part
    const match = pattern.exec(output)
    if (match) {
      return match
    }
  }
  throw new Error(`It ended with ${output}`)
}

describe('the tarball', { tags: ['slow'] }, () => {
  test.for(nodes)(
    'serves a database, and leaves nothing, on %s',
    async ([, find, user], { skip }) => {
      const node = find()
      skip(node === undefined, 'This machine lacks it.')
      const folder = createFolder()
      onTestFinished(() => fs.rmSync(folder, { recursive: true }))
      const child = spawn(
        node ?? '',
        [join(project, 'node_modules/.bin/neon-local'), '--port', '0', '--postgres-port', '0'],
        { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], env: { TMPDIR: folder }, ...user },
      )
      const ended = once(child, 'exit')
      const [, url = '', endpoint = ''] = await printed(
        child,
        /^DATABASE_URL=(.+)\nNEON_ENDPOINT=(.+)\n(?:.*\n)+.*fetchEndpoint = '\2'\n.*neon\('\1'\)\n/,
      )
      const family = familyOf(child.pid ?? 0)

      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: { 'Neon-Connection-String': url },
        body: JSON.stringify({ query: 'select $1::float8[] as one', params: [[1e2]] }),
      })
      child.kill('SIGINT')

      expect(await answer.json()).toMatchObject({ rows: [{ one: [100] }] })
      expect(await ended).toEqual([0, null])
      expect(familyOf(...family)).toEqual([])
      expect(fs.readdirSync(folder)).toEqual([])
    },
  )

  test('runs the example, with the driver, with Kysely and with faults', async () => {
    const bin = (tool: string, file: string) => join(project, 'node_modules', tool, file)
    const { stdout } = await run(process.execPath, [bin('vitest', 'vitest.mjs'), 'run'], {
      cwd: project,
      env: { ...process.env, NO_COLOR: '1' },
    })
    await run(process.execPath, [bin('typescript', 'bin/tsc'), '-p', '.'], { cwd: project })

    expect(stdout).toMatch(/^ +Tests +4 passed/m)
  })

  test('has the types of what it promises', async () => {
    const file = join(project, 'wrong.ts')
    onTestFinished(() => fs.rmSync(file))
    fs.writeFileSync(
      file,
      `import { createFaults, startPostgres } from 'neon-local'
       createFaults().next('reset-sometimes')
       void startPostgres({ dataDir: 5 })`,
    )
    const options = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--types',
      '',
      '--module',
      'NodeNext',
    ]

    const checking = run(
      process.execPath,
      [join(project, 'node_modules/typescript/bin/tsc'), ...options, file],
      { cwd: project },
    )

    const { stdout } = await checking.catch((error: { stdout: string }) => error)
    expect(stdout.match(/error TS\d+/g)).toEqual(['error TS2345', 'error TS2322'])
  })
})

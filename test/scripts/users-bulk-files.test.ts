import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { ada } from '../support/people.ts'
import type { Project } from '../support/project.ts'
import { test as base } from '../support/users-command-test.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('folder', async ({}, { onCleanup }) => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'edge-users-files-'))
    onCleanup(() => fs.rmSync(folder, { recursive: true }))
    return folder
  })

const modeOf = (file: string) => fs.statSync(file).mode & 0o777

/** As on a machine whose umask hides nothing. */
async function run(project: Project, ...args: string[]) {
  const command = project.run('sh', ['-c', 'umask 0; exec node "$@"', 'sh', ...args])
  return { code: await command.ended, output: command.output() }
}

const bad = { name: 'Nobody', email: 'nowhere' }

describe('the commands', () => {
  test('export and import write for this user alone, whatever the umask', {
    tags: ['slow'],
  }, async ({ project, service }) => {
    const url = ['--url', service.url.href]
    await project.write('in.ndjson', [ada, bad].map((user) => JSON.stringify(user)).join('\n'))

    await run(project, 'scripts/users/import.ts', 'in.ndjson', ...url)
    await run(project, 'scripts/users/export.ts', 'out.csv', ...url)

    for (const file of ['in.refused.ndjson', 'in.refused.reasons.ndjson', 'out.csv']) {
      expect(modeOf(join(project.directory, file)), file).toBe(0o600)
    }
  })

  test.for([
    ['out.csv', ['scripts/users/export.ts', 'out.csv', '--force']],
    ['out.csv.partial', ['scripts/users/export.ts', 'out.csv', '--force']],
    ['a.cursor', ['scripts/users/export.ts', 'out.csv', '--cursor-file', 'a.cursor']],
    ['in.refused.ndjson', ['scripts/users/import.ts', 'in.ndjson']],
    ['in.refused.reasons.ndjson', ['scripts/users/import.ts', 'in.ndjson', '--from-line', '2']],
  ] as const)('do not follow a link at %s', async ([file, args], { project, service, folder }) => {
    const theirs = join(folder, 'theirs')
    await project.write('in.ndjson', [ada, bad].map((user) => JSON.stringify(user)).join('\n'))
    fs.symlinkSync(theirs, join(project.directory, file))

    const { code, output } = await run(project, ...args, '--url', service.url.href)

    expect(output).toContain(`${file} is a symbolic link, so nothing is written there.`)
    expect(code).toBe(1)
    expect(fs.existsSync(theirs)).toBe(false)
  })
})

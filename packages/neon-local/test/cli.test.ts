import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, inject, test } from 'vitest'
import { helpText } from '../src/cli/help.ts'
import { optionKinds, readOptions, standalone, UsageError } from '../src/cli/options.ts'

const program = join(import.meta.dirname, '../src/bin.ts')

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code, output, errors }
}

describe('neon-local', () => {
  test('runs a program with the variables, and ends with its exit code', async () => {
    const url = inject('postgresUrl')
    const script = `
      const { DATABASE_URL, NEON_ENDPOINT, PGOPTIONS } = process.env
      const headers = { 'Neon-Connection-String': DATABASE_URL }
      const body = JSON.stringify({ query: 'show work_mem' })
      const answer = await fetch(NEON_ENDPOINT, { method: 'POST', headers, body })
      console.log(PGOPTIONS, (await answer.json()).rows[0].work_mem)
      process.exit(7)`

    // What a shell holds for other databases reaches the program, and nothing else.
    const ran = await run(
      [
        '--port',
        '0',
        '--postgres-url',
        url,
        '--',
        process.execPath,
        '--input-type=module',
        '-e',
        script,
      ],
      { PGOPTIONS: '-c work_mem=1MB', PGSSLMODE: 'require' },
    )

    expect(ran).toEqual({ code: 7, output: '-c work_mem=1MB 4MB\n', errors: '' })
  })

  test('passes SIGTERM on to the program, and ends as that does', async ({ skip }) => {
    skip(process.platform === 'win32', 'It has no signals.')
    const child = spawn(
      process.execPath,
      [
        program,
        '--port',
        '0',
        '--postgres-url',
        inject('postgresUrl'),
        '--',
        'sh',
        '-c',
        'echo on; exec sleep 60',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(child.stdout, 'data')
    child.kill('SIGTERM')

    expect(await once(child, 'exit')).toEqual([128 + 15, null])
  })

  test('says so when the program cannot be run', { tags: ['slow'] }, async () => {
    const args = ['--port', '0', '--postgres-url', inject('postgresUrl'), '--', './missing']

    expect(await run(args)).toEqual({
      code: 1,
      output: '',
      errors: './missing cannot be run: spawn ./missing ENOENT.\n',
    })
  })

  test('exits with 2 and a sentence for an option that there is not', {
    tags: ['slow'],
  }, async () => {
    const { code, output, errors } = await run(['--pot', '1'])

    expect([code, output]).toEqual([2, ''])
    expect(errors).toMatch(/^Unknown option '--pot'.*\nUsage: neon-local .*\n.*--help.*\n$/)
  })

  test.for([
    [['--port', '70000'], /^--port must be a number/],
    [['--postgres-port', '-1'], /^Option '--postgres-port' argument is ambiguous/],
    [['--postgres-port=1e3'], /^--postgres-port must be a number/],
    [['--port'], /^Option '--port <value>' argument missing/],
    [['--database', 'n'.repeat(64)], /^--database must be a name of 1 to 63 bytes/],
    [['--cors', 'localhost:3000'], /^localhost:3000 is not the origin of a web page/],
    [['--data', 'x', '--postgres-url', 'postgresql://x'], /^--data is for the PostgreSQL/],
    [['--superuser', '--postgres-url', 'postgresql://x'], /^--superuser is for the PostgreSQL/],
    [['serve'], /^Unexpected argument 'serve'/],
    [['--'], /^Behind -- stands what to run/],
  ] as const)('refuses %j', ([args, sentence]) => {
    const reading = () => readOptions(args, standalone)

    expect(reading).toThrow(UsageError)
    expect(reading).toThrow(sentence)
  })

  test('takes whatever stands behind -- for the program', () => {
    expect(readOptions(['-q', '--', 'npm', 'test', '--', '--port', '1'], standalone)).toMatchObject(
      {
        quiet: true,
        port: undefined,
        program: ['npm', 'test', '--', '--port', '1'],
      },
    )
  })

  test('keeps nothing unless it is told where', () => {
    expect(readOptions([], standalone)).toMatchObject({ dataDir: undefined, database: 'neondb' })
    for (const option of ['--data', '--data-dir']) {
      expect(readOptions([option, 'kept'], standalone)).toMatchObject({ dataDir: 'kept' })
    }
  })

  test('lets a project that wraps it say where the data go', () => {
    const mode = { ...standalone, dataDir: '.data', folderIn: (dir: string) => `${dir}/postgres` }

    expect(readOptions([], mode)).toMatchObject({ dataDir: '.data/postgres' })
    expect(readOptions(['--data-dir', 'x'], mode)).toMatchObject({ dataDir: 'x/postgres' })
    expect(readOptions(['--postgres-url', 'postgresql://x'], mode)).toMatchObject({
      port: undefined,
    })
  })

  test('explains every option', () => {
    const help = helpText(standalone)

    expect(readOptions(['--help'], standalone)).toEqual({ text: help })
    expect(readOptions(['-v'], standalone)).toEqual({
      text: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    })
    for (const option of Object.keys(optionKinds)) {
      expect(help).toMatch(RegExp(`(?:^|[ ,])--${option} `, 'm'))
    }
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { claimLauncherFile, readLauncher } from '../src/postgres/launcher-file.ts'
import { startPostgres } from '../src/postgres.ts'
import { makeFolder } from './support/postgres-runs.ts'

const source = new URL('../src/postgres/launcher-file.ts', import.meta.url).href
const claim = `
  import { claimLauncherFile } from ${JSON.stringify(source)}
  console.log(claimLauncherFile(process.argv[1]))
  process.stdin.resume()`

/** Another process that claims the file, and stays. */
async function claimElsewhere(file: string): Promise<boolean> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', claim, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [answer] = await once(createInterface({ input: child.stdout }), 'line')
  return answer === 'true'
}

describe('the file of the launcher, which is the lock where Node has none', () => {
  test('is got by one of four that come at once, also when a dead one has left it', {
    tags: ['slow'],
  }, async () => {
    const file = join(makeFolder(), 'launcher.pid')
    fs.writeFileSync(file, '1\n1234567\n')

    const claims = await Promise.all([1, 2, 3, 4].map(() => claimElsewhere(file)))

    expect(claims.filter(Boolean)).toHaveLength(1)
    expect(claimLauncherFile(file)).toBe(false)
    expect(fs.readdirSync(join(file, '..'))).toEqual(['launcher.pid'])
  })

  test.for([
    ['that a later process got the number of', `${process.pid}\n1\n`],
    ['of an older version', `${process.pid}\n`],
    ['that was cut off', ''],
  ] as const)('goes on to the next, from a launcher %s', ([, text]) => {
    const file = join(makeFolder(), 'launcher.pid')
    fs.writeFileSync(file, text)

    expect(claimLauncherFile(file)).toBe(true)
    expect(readLauncher(file)).toBe(`${process.pid}`)
  })

  test('keeps those out that have locks', async () => {
    const dataDir = makeFolder()
    fs.writeFileSync(join(dataDir, 'neon-local.lock'), '')
    claimLauncherFile(join(dataDir, 'launcher.pid'))

    await expect(startPostgres({ dataDir })).rejects.toThrow(
      `in use by another run (pid ${process.pid})`,
    )
  })
})

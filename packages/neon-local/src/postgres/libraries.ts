import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { NeonLocalError } from '../errors.ts'

type Link = { source: string; target: string }

/**
 * Makes the links among PostgreSQL's libraries, which npm packages cannot hold. The package has an
 * install script for them, but npm does not run it everywhere (`--ignore-scripts`).
 */
export function linkLibraries(packageRoot: string, packageName: string): void {
  const list = join(packageRoot, 'native', 'pg-symlinks.json')
  const links: unknown = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []
  for (const link of Array.isArray(links) ? links.filter(isLink) : []) {
    const [source, target] = [join(packageRoot, link.source), join(packageRoot, link.target)]
    try {
      if (!existsSync(target)) {
        symlinkSync(relative(dirname(target), source), target)
      }
    } catch (error) {
      // Another run may have made it meanwhile.
      if (existsSync(target) || !(error instanceof Error)) {
        continue
      }
      throw new NeonLocalError(
        `PostgreSQL lacks links among its libraries, which cannot be made here (${error.message}): ` +
          `run "npm rebuild --ignore-scripts=false ${packageName}" as the owner of that folder.`,
      )
    }
  }
}

function isLink(value: unknown): value is Link {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    typeof value.source === 'string' &&
    'target' in value &&
    typeof value.target === 'string'
  )
}

import { CommandError, exitCodes } from '../command/command.ts'
import { directUrl } from '../command/settings.ts'
import { directHostOf, type Environment } from '../deploy/environments.ts'

/**
 * The owner's connection to the database of a Preview. Throws CommandError for that of an
 * environment: what a pull request migrates and fills is its own.
 */
export function databaseOfPreview(environments: readonly Environment[]): string {
  const url = directUrl()
  const host = directHostOf(url)
  const owner = environments.find(({ databaseHost }) => databaseHost === host)
  if (owner) {
    throw new CommandError(
      `${host} is the database of ${owner.environment}, which no preview may touch: set ` +
        'DATABASE_URL_DIRECT to that of a branch.',
      exitCodes.configuration,
    )
  }
  if (process.env['NEON_ENDPOINT'] !== undefined) {
    throw new CommandError(
      `${host} is behind NEON_ENDPOINT, where no preview can reach it: set DATABASE_URL_DIRECT to ` +
        'a database of Neon, and take NEON_ENDPOINT away.',
      exitCodes.configuration,
    )
  }
  return url
}

/** Of Neon's two hosts of a database, the one for many clients. Another server has only one. */
export function pooledUrl(url: string): string {
  const { hostname } = new URL(url)
  return hostname.endsWith('.neon.tech')
    ? Object.assign(new URL(url), { hostname: hostname.replace('.', '-pooler.') }).href
    : url
}

import { CommandError } from './command.ts'

/** What happened on the way to a database, as a sentence with its mend and without the password. */
export function explainConnectionError(error: unknown, connectionString: string): CommandError {
  const { hostname, port, username, pathname } = new URL(connectionString)
  const server = `${hostname}:${port || '5432'}`
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''

  switch (code) {
    case 'ECONNREFUSED':
      return new CommandError(
        `No PostgreSQL answers at ${server}. Start it, or correct DATABASE_URL.`,
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CommandError(
        `The host ${hostname} of DATABASE_URL is not known. Correct DATABASE_URL.`,
      )
    case '28P01':
    case '28000':
      return new CommandError(
        `PostgreSQL at ${server} does not let in ${decodeURIComponent(username)}: the user or the ` +
          'password of DATABASE_URL is wrong.',
      )
    case '3D000':
      return new CommandError(
        `PostgreSQL at ${server} has no database ${decodeURIComponent(pathname.slice(1))}. ` +
          'Create it, or correct DATABASE_URL.',
      )
    default:
      return new CommandError(
        `PostgreSQL at ${server} cannot be reached (${code || 'no answer in time'}). ` +
          'Check DATABASE_URL, and that the database is awake.',
      )
  }
}

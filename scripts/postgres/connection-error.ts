import { CommandError, exitCodes } from '../command/command.ts'

/** What Node finds wrong with a certificate. */
const certificateFaults = /CERT|UNABLE_TO_(?:GET|VERIFY)|HOSTNAME_MISMATCH/

/** What happened on the way to a database, as a sentence with its mend and without the password. */
export function explainConnectionError(error: unknown, connectionString: string): CommandError {
  const { hostname, port, username, password, pathname } = new URL(connectionString)
  const server = `${hostname}:${port || '5432'}`
  const setting =
    process.env['DATABASE_URL_DIRECT'] === connectionString ? 'DATABASE_URL_DIRECT' : 'DATABASE_URL'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error ? error.message : String(error)

  if (/does not support SSL|establishing an SSL connection/.test(message)) {
    return new CommandError(
      `PostgreSQL at ${server} does not speak TLS, which the sslmode of ${setting} demands. Turn ` +
        'TLS on there, or, for a server on this machine, take sslmode out of the address.',
    )
  }
  if (password === '' && (code === '28P01' || /password must be/.test(message))) {
    return new CommandError(
      `${setting} names no password, and PostgreSQL at ${server} asks for one. Write ` +
        'postgresql://USER:PASSWORD@HOST/DATABASE.',
      exitCodes.configuration,
    )
  }
  if (certificateFaults.test(code)) {
    return new CommandError(
      `The certificate of PostgreSQL at ${server} is not trusted (${code}). Check the host of ` +
        `${setting}, or name the authority that signed it: sslrootcert=FILE in the address.`,
    )
  }

  switch (code) {
    case 'ECONNREFUSED':
      return new CommandError(
        `No PostgreSQL answers at ${server}. Start it, or correct ${setting}.`,
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CommandError(
        `The host ${hostname} of ${setting} is not known. Correct ${setting}.`,
      )
    case '28P01':
    case '28000':
      return new CommandError(
        `PostgreSQL at ${server} does not let in ${decode(username)}: the user or the ` +
          `password of ${setting} is wrong.`,
      )
    case '3D000':
      return new CommandError(
        `PostgreSQL at ${server} has no database ${decode(pathname.slice(1))}. ` +
          `Create it, or correct ${setting}.`,
      )
    default: {
      const isTimeout = code === 'ETIMEDOUT' || /\btimeout\b/.test(message)
      return new CommandError(
        `PostgreSQL at ${server} cannot be reached (${isTimeout ? 'no answer in time' : code || message}). ` +
          `Check ${setting}, and that the database is awake.`,
      )
    }
  }
}

/** As it stands, where a percent sign stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

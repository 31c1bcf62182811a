import { CommandError } from '../command/command.ts'
import { forgetShell } from '../command/environment.ts'
import { directUrl } from '../command/settings.ts'
import { readVariables } from '../command/variables-file.ts'
import { refusePooled, withStrictTls } from '../postgres/connection.ts'
import { urlNames } from '../postgres/connection-string.ts'

/** Those of drizzle-kit that connect. The others work on files alone. */
const connecting = ['migrate', 'push', 'pull', 'introspect', 'studio']

/** For drizzle.config.ts: the database to which `npm run db:migrate` goes, or its sentence and the end. */
export function ownersUrlOfDrizzleKit(): string {
  if (!connecting.some((command) => process.argv.includes(command))) {
    return ''
  }
  try {
    forgetShell()
    forgetDotEnv()
    const url = directUrl()
    refusePooled(url)
    return withStrictTls(url)
  } catch (error) {
    if (error instanceof CommandError) {
      // drizzle-kit would print a stack, and end with 0 after some of them.
      console.error(error.message)
      process.exit(error.exitCode)
    }
    throw error
  }
}

/** drizzle-kit has put it into the environment before, and no command of ours reads it. */
function forgetDotEnv(): void {
  const variables = readVariables('.env') ?? {}
  for (const name of urlNames) {
    if (name in variables && process.env[name] === variables[name]) {
      delete process.env[name]
    }
  }
}

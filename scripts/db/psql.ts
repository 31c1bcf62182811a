import { once } from 'node:events'
import { startInTerminal } from '../command/child.ts'
import { CommandError, runCommand } from '../command/command.ts'
import { directUrl } from '../command/settings.ts'

/** Through the environment, because `ps` shows a program's arguments to every user of the machine. */
function environmentOf(text: string): Record<string, string> {
  const url = new URL(text)
  const variables = {
    PGHOST: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    PGPORT: url.port || '5432',
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
  }
  const parameters = [...url.searchParams].map(([name, value]) => [variableOf(name), value])
  return { ...variables, ...Object.fromEntries(parameters) }
}

/** As in https://www.postgresql.org/docs/18/libpq-envars.html, so `channel_binding` is PGCHANNELBINDING. */
const variableOf = (parameter: string) =>
  irregular.get(parameter) ?? `PG${parameter.replaceAll('_', '').toUpperCase()}`

const irregular = new Map([
  ['application_name', 'PGAPPNAME'],
  ['connect_timeout', 'PGCONNECT_TIMEOUT'],
])

/** A person's wish for this session, and no address. */
const { PGOPTIONS } = process.env

// Ctrl-C ends the statement; psql decides itself when to end.
process.on('SIGINT', () => {})

await runCommand(async () => {
  const psql = startInTerminal('psql', process.argv.slice(2), {
    PGOPTIONS,
    ...environmentOf(directUrl()),
  })
  const [code] = await once(psql, 'close').catch(() => {
    throw new CommandError(
      'There is no psql on this machine. PostgreSQL brings it: install its client.',
    )
  })
  process.exitCode = code ?? 1
})

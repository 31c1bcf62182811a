import { readFile } from 'node:fs/promises'
import { CommandError } from '../command/command.ts'

/** Which behaviour of workerd the Worker asks for. */
export type Runtime = { date: string; flags: string[] }

/** The lines of wrangler.toml that say so. Throws CommandError. */
export async function readRuntime(): Promise<Runtime> {
  const text = await readFile('wrangler.toml', 'utf8')
  const [, date] = /^compatibility_date = "(.+)"$/m.exec(text) ?? []
  const [, flags] = /^compatibility_flags = (\[.*\])$/m.exec(text) ?? []
  if (date === undefined || flags === undefined) {
    throw new CommandError(
      'wrangler.toml must have compatibility_date and compatibility_flags, each on a line of its own.',
    )
  }
  return { date, flags: JSON.parse(flags) }
}

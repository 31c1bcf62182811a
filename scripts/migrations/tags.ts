import { CommandError, exitCodes } from '../command/command.ts'
import type { Migration } from './files.ts'

/**
 * The place of a migration in the list, by its tag or by a beginning of it that no other has: `0001`.
 *
 * Throws CommandError, which lists the tags.
 */
export function indexOfTag(migrations: readonly Migration[], text: string): number {
  const exact = migrations.findIndex(({ tag }) => tag === text)
  const alike = migrations.filter(({ tag }) => tag.startsWith(text))
  const [match] = alike
  if (exact >= 0) {
    return exact
  }
  if (match && alike.length === 1) {
    return migrations.indexOf(match)
  }
  const list = migrations.map(({ tag }) => `\n  ${tag}`).join('')
  throw new CommandError(
    `${alike.length > 1 ? 'More than one migration begins' : 'No migration begins'} with ` +
      `${text}. There ${migrations.length === 0 ? 'are none' : `are:${list}`}`,
    exitCodes.configuration,
  )
}

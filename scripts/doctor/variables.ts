import { Config } from '../../src/config.ts'
import { runChild } from '../command/child.ts'
import { CommandError } from '../command/command.ts'
import { devVars as file } from '../command/settings.ts'
import { readVariables } from '../command/variables-file.ts'
import { type Finding, fault, warning } from './finding.ts'
import { meantName } from './meant-name.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/** Every variable of the service and of its commands. */
export const knownNames = [...Object.keys(Config.shape), 'DATABASE_URL_DIRECT', 'EDGE_USERS_KEY']

/** What stands in `.dev.vars`: undefined when there is no such file, a finding when it is no use. */
export function readDevVars(): Variables | Finding | undefined {
  try {
    return readVariables(file)
  } catch (error) {
    if (error instanceof CommandError) {
      return fault('settings', error.message)
    }
    throw error
  }
}

/** Names that mean one of ours, in the file and in the environment, which holds much else. */
export function checkNames(devVars: Variables): Finding[] {
  const misspelt = (variables: Variables, isMeant: (name: string) => string | undefined) =>
    Object.keys(variables).flatMap((name) => {
      const meant = knownNames.includes(name) ? undefined : isMeant(name)
      return meant === undefined ? [] : [{ name, meant }]
    })
  return [
    ...misspelt(devVars, (name) => meantName(name, knownNames)).map(({ name, meant }) =>
      fault('settings', `${file} names ${name}, which nothing reads. Write ${meant}.`),
    ),
    ...misspelt(process.env, (name) => nearInEnvironment(name, devVars)).map(({ name, meant }) =>
      warning(
        'settings',
        `The environment names ${name}, which nothing reads. If it is for this, write ${meant}.`,
      ),
    ),
  ]
}

/** PATH is no AUTH. */
const nearInEnvironment = (name: string, devVars: Variables) =>
  name.length < 7 || name in devVars
    ? undefined
    : meantName(
        name,
        knownNames.filter((known) => known.length > 6),
        {},
      )

/** wrangler reads `.env` when there is no `.dev.vars`, and the commands never do. */
export function checkDotEnv(): Finding[] {
  try {
    const names = Object.keys(readVariables('.env') ?? {})
    const ours = names.find((name) => knownNames.includes(name))
    return ours === undefined
      ? []
      : [
          warning(
            'settings',
            `.env names ${ours}, which no command reads there. Move it to ${file}.`,
          ),
        ]
  } catch {
    return []
  }
}

/** Outside a repository, and without git, nothing is tracked. */
export async function checkGit(): Promise<Finding[]> {
  try {
    await runChild('git', ['ls-files', '--error-unmatch', file], { timeout: 3_000 })
  } catch {
    return []
  }
  return [
    fault(
      'settings',
      `git tracks ${file}, and with it its secrets. Run \`git rm --cached ${file}\`, and replace ` +
        'every password and key that stood in it.',
    ),
  ]
}

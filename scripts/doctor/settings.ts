import { ConfigError, readConfig } from '../../src/config.ts'
import { faultOfExample, faultOfUrl, urlNames } from '../postgres/connection-string.ts'
import { type Finding, fault, ok, warning } from './finding.ts'
import { checkKeys } from './keys.ts'
import { checkPlaces } from './places.ts'
import { checkDotEnv, checkGit, checkNames, type Variables } from './variables.ts'

/** For what is looked at beside an address that is wrong, or that `npm run dev` sets. */
const placeholder = 'postgresql://user@localhost/database'

/** The settings that a person has made: `.dev.vars`, and the environment above it. */
export async function checkSettings(
  devVars: Variables | undefined,
  variables: Variables,
): Promise<Finding[]> {
  const findings = [
    ...(await checkGit()),
    ...checkDotEnv(),
    ...checkNames(devVars ?? {}),
    ...urlNames.flatMap((name) => checkUrl(name, variables[name], devVars?.[name])),
    ...checkConfig(variables),
    ...checkPlaces(variables),
  ]
  return findings.length > 0 ? findings : [ok('settings', nothingWrong(devVars, variables))]
}

const nothingWrong = (devVars: Variables | undefined, { DATABASE_URL }: Variables) =>
  [
    devVars ? '.dev.vars is in order' : 'There is no .dev.vars, and none is needed',
    DATABASE_URL === undefined ? ': `npm run dev` brings a database of its own.' : '.',
  ].join('')

function checkUrl(name: string, value: string | undefined, inFile: string | undefined): Finding[] {
  const problem =
    value === undefined ? undefined : (faultOfUrl(name, value) ?? faultOfHost(name, value))
  if (problem !== undefined) {
    return [fault('settings', problem)]
  }
  return inFile?.includes('$')
    ? [
        warning(
          'settings',
          `${name} in .dev.vars has a dollar sign, which wrangler takes for the beginning of a ` +
            "variable's name. Write it as %24.",
        ),
      ]
    : []
}

/** wrangler.toml has the same name in a fresh clone, so the other commands cannot refuse it. */
const faultOfHost = (name: string, value: string) =>
  /@ep-name-123456[.-]/.test(value) ? faultOfExample(name) : undefined

/** What the Worker would say at its start, but for its address, which has sentences of its own. */
function checkConfig(variables: Variables): Finding[] {
  const given = { ...variables, DATABASE_URL: placeholder }
  const problem = problemOf(given)
  // The keys alone are missing: `npm run dev` asks for none.
  const isClosed =
    problem !== undefined && problemOf({ ...given, AUTH: 'open', DEV_SECRET: '' }) === undefined

  if (problem === undefined) {
    return checkKeys(readConfig(given))
  }
  if (!isClosed || !['keys', undefined].includes(variables['AUTH'])) {
    return problem.split('\n').map((message) => fault('settings', message))
  }
  const isStarted = ['DATABASE_URL', 'AUTH', 'API_KEYS'].some((name) => variables[name])
  return isStarted ? [warning('settings', `${problem} \`npm run dev\` asks for none.`)] : []
}

function problemOf(env: Variables): string | undefined {
  try {
    readConfig(env)
    return undefined
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.message
    }
    throw error
  }
}

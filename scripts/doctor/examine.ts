import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readDatabaseConfig } from '../../src/config.ts'
import { defaultDataDir, loadSettings, runningFile } from '../command/settings.ts'
import { urlNames, usableUrl } from '../postgres/connection-string.ts'
import { checkDatabase } from './database.ts'
import { checkDisk } from './disk.ts'
import { checkEndpoint, checkWay } from './endpoint.ts'
import { type Finding, fault, isWhole, ok, warning } from './finding.ts'
import { checkInstallation } from './installation.ts'
import { checkPorts } from './ports.ts'
import { type Running, whatIsRunning } from './running.ts'
import { checkSettings } from './settings.ts'
import { knownNames, readDevVars, type Variables } from './variables.ts'

/** Each part has limits of its own, which add up to less. */
const limitMs = 16_000

/** Looks at everything, and changes nothing. What depends on a fault is left out. */
export async function examine(): Promise<Finding[]> {
  const running = whatIsRunning()
  const devVars = readDevVars()
  const first = [...checkInstallation(), ...checkDisk()]

  if (isFinding(devVars)) {
    return [...first, ...(await checkPorts(running, true)), devVars]
  }
  const variables = loadVariables(devVars)
  const parts = await Promise.all([
    checkPorts(running, variables['DATABASE_URL'] === undefined),
    within('settings', checkSettings(devVars, variables)),
    within('database', checkConnections(variables, running)),
  ])
  return [...first, ...parts.flat()]
}

const isFinding = (value: Variables | Finding | undefined): value is Finding =>
  value !== undefined && 'check' in value && 'level' in value

/** Those of ours: what a person has set. */
const loadVariables = (devVars: Variables = {}): Variables =>
  Object.fromEntries(
    knownNames.flatMap((name) => {
      const value = process.env[name] ?? devVars[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

async function checkConnections(variables: Variables, running: Running): Promise<Finding[]> {
  if (urlNames.some((name) => variables[name] !== undefined)) {
    loadSettings()
    return checkReach(variables)
  }
  if (!existsSync(runningFile(defaultDataDir))) {
    return [ok('database', 'None is configured. `npm run dev` brings one.')]
  }
  if (!running.dev) {
    return [
      warning(
        'database',
        `${runningFile(defaultDataDir)} was left by an \`npm run dev\` that was killed. Start it ` +
          'again, which replaces it.',
      ),
    ]
  }
  loadSettings()
  return checkReach(process.env)
}

async function checkReach(variables: Variables): Promise<Finding[]> {
  const url = usableUrl(variables, 'DATABASE_URL')
  const directUrl = usableUrl(variables, 'DATABASE_URL_DIRECT')
  const endpoint = usableEndpoint(variables)
  const [ofDatabase, ofEndpoint] = await Promise.all([
    url === undefined && directUrl === undefined ? [] : checkDatabase({ url, directUrl }),
    endpoint === undefined ? [] : checkEndpoint(endpoint),
  ])
  const isReached = !ofDatabase.some(({ check, level }) => check === 'database' && level !== 'ok')
  const way =
    url !== undefined && endpoint !== undefined && isReached && isWhole(ofEndpoint)
      ? await checkWay(url, endpoint)
      : []
  return [...ofDatabase, ...ofEndpoint, ...way]
}

function usableEndpoint({ NEON_ENDPOINT }: Variables): string | undefined {
  try {
    return readDatabaseConfig({ DATABASE_URL: 'postgresql://user@host/name', NEON_ENDPOINT })
      .NEON_ENDPOINT
  } catch {
    return undefined
  }
}

/** However something hangs, whoever asked gets an answer. */
const within = (check: string, findings: Promise<Finding[]>): Promise<Finding[]> =>
  Promise.race([
    findings,
    sleep(limitMs, [
      fault(check, `This took more than ${limitMs / 1_000} s, and was given up. Try it again.`),
    ]),
  ])

import { isLoopback } from '../../src/config.ts'
import { isPooled } from '../postgres/connection.ts'
import { usableUrl } from '../postgres/connection-string.ts'
import { type Finding, fault, warning } from './finding.ts'
import type { Variables } from './variables.ts'

/** Where the addresses lead, one beside the other. */
export function checkPlaces(variables: Variables): Finding[] {
  const workerUrl = usableUrl(variables, 'DATABASE_URL')
  const directUrl = usableUrl(variables, 'DATABASE_URL_DIRECT')
  return [
    ...(directUrl === undefined ? [] : checkDirect(new URL(directUrl))),
    ...(workerUrl === undefined ? [] : checkWorkers(new URL(workerUrl), variables)),
    ...(workerUrl === undefined || directUrl === undefined
      ? []
      : compare(new URL(workerUrl), new URL(directUrl))),
  ]
}

const checkDirect = ({ hostname }: URL): Finding[] =>
  isPooled(hostname)
    ? [
        fault(
          'settings',
          `DATABASE_URL_DIRECT leads to ${hostname}, Neon's pooled host, on which no lock of a ` +
            'migration holds. Take -pooler out of it.',
        ),
      ]
    : []

function checkWorkers(url: URL, variables: Variables): Finding[] {
  const findings: Finding[] = []
  const say = (message: string) => findings.push(warning('settings', message))
  const isLocal = isLoopback(url)

  if (isPooled(url.hostname) && variables['DATABASE_URL_DIRECT'] === undefined) {
    say(
      'DATABASE_URL leads to the pooled host, over which nothing can be migrated. Set ' +
        "DATABASE_URL_DIRECT to the owner's address, without -pooler.",
    )
  }
  if (isLocal && variables['NEON_ENDPOINT'] === undefined) {
    say(
      'DATABASE_URL leads to this machine, where the Worker needs an endpoint. `npm run dev` starts ' +
        'it; for `wrangler dev` run `npm run neon:local -- --postgres-url ' +
        `postgresql://${url.host}\`, and set NEON_ENDPOINT to what it prints.`,
    )
  }
  if (!isLocal && variables['NEON_ENDPOINT'] !== undefined) {
    say(
      `NEON_ENDPOINT is set, so the Worker asks that and never ${url.hostname}. Remove it, unless ` +
        'the endpoint leads there.',
    )
  }
  return findings
}

function compare(worker: URL, direct: URL): Finding[] {
  if (worker.pathname !== direct.pathname) {
    return [
      fault(
        'settings',
        'DATABASE_URL and DATABASE_URL_DIRECT name different databases, so migrations would miss ' +
          "the Worker's. Make them name the same one.",
      ),
    ]
  }
  return serverOf(worker) === serverOf(direct)
    ? []
    : [
        warning(
          'settings',
          `DATABASE_URL leads to ${serverOf(worker)}, and DATABASE_URL_DIRECT to ` +
            `${serverOf(direct)}. Correct one, unless both are the same server.`,
        ),
      ]
}

const serverOf = (url: URL) =>
  `${isLoopback(url) ? 'localhost' : url.hostname.replace(/^([^.]+)-pooler\./, '$1.')}:${url.port || '5432'}`

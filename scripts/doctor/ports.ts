import { isFree } from '../command/ports.ts'
import { preferredPorts } from '../dev/local-database.ts'
import { type Finding, fault, ok, warning } from './finding.ts'
import type { Running } from './running.ts'

const apiPort = 8787

/** What the next `npm run dev` wants to listen on. What runs already has its ports. */
export async function checkPorts(running: Running, needsOwnDatabase: boolean): Promise<Finding[]> {
  if (running.dev) {
    return [ok('ports', '`npm run dev` of this folder is running, and has its ports.')]
  }
  const findings: Finding[] = []
  if (!(await isFree(apiPort))) {
    const free = await nextFree(apiPort)
    findings.push(
      fault(
        'ports',
        `${apiPort} is taken by another program. Stop it, or start with ` +
          `\`npm run dev -- --port ${free}\`.`,
      ),
    )
  }
  if (needsOwnDatabase && !running.database) {
    findings.push(
      ...(await checkOther(preferredPorts.neon, 'the Neon endpoint', '--port')),
      ...(await checkOther(preferredPorts.postgres, 'PostgreSQL', '--postgres-port')),
    )
  }
  return findings.length > 0 ? findings : [ok('ports', `${apiPort} is free for \`npm run dev\`.`)]
}

async function checkOther(port: number, what: string, option: string): Promise<Finding[]> {
  return (await isFree(port))
    ? []
    : [
        warning(
          'ports',
          `${port} is taken by another program, so \`npm run dev\` puts ${what} on a port that is ` +
            `free. Stop it, or choose one with \`npm run neon:local -- ${option} N\`.`,
        ),
      ]
}

/** The one after it, or after that. */
export async function nextFree(port: number): Promise<number> {
  let next = port + 1
  while (!(await isFree(next))) {
    next += 1
  }
  return next
}
